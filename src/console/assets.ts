/** The console's own files, held in memory; their paths carry a digest, so browsers may keep them for good. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const types = {
  'console.css': 'text/css; charset=utf-8',
  'review.js': 'text/javascript; charset=utf-8',
  'list.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
} as const

export type AssetName = keyof typeof types

export interface Asset {
  readonly body: string
  readonly contentType: string
  readonly digest: string
}

const load = (name: AssetName): Asset => {
  const body = readFileSync(new URL(`static/${name}`, import.meta.url), 'utf8')
  return { body, contentType: types[name], digest: hash('sha256', body, 'hex').slice(0, 12) }
}

const assets = new Map<string, Asset>((Object.keys(types) as AssetName[]).map((name) => [name, load(name)]))

export const findAsset = (name: string): Asset | null => assets.get(name) ?? null

export const assetPath = (name: AssetName): string => `/static/${name}?v=${assets.get(name)!.digest}`
