import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, HubError } from './errors.ts'
import { Secret } from './secret.ts'

/**
 * The 32 bytes from which every key of the hub derives: the configured ones, else made once and kept in `<dataFolder>/master.key` (0600).
 * Losing them loses everything that is sealed. Throws HubError `config.master_key_damaged`.
 */
export const loadMasterKey = async (config: {
  readonly masterKey: Secret | null
  readonly dataFolder: string
}): Promise<Buffer> => {
  if (config.masterKey) return Buffer.from(config.masterKey.reveal(), 'hex')
  const path = join(config.dataFolder, 'master.key')
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  // `wx` lets one of two hubs that start at once make it; the other reads what that one wrote.
  await writeFile(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  const text = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new HubError({
      code: 'config.master_key_damaged',
      publicMessage: { zh: `主密钥文件已损坏：${path}`, en: `the master key file is damaged: ${path}` },
      context: { path },
    })
  }
  return Buffer.from(new Secret(text).reveal(), 'hex')
}
