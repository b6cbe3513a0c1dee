/**
 * 行政区划: provinces, cities and counties of China by GB/T 2260 code (state of 2023, statistical zones such as 410171 included).
 * Codes abolished before that are not here; a reader keeps them and says that they are unknown.
 */
import table from './divisions.json' with { type: 'json' }

/** Six-digit code → the name at its own level. */
export const divisionNames: ReadonlyMap<string, string> = new Map(Object.entries(table))

const prefectures = new Set([...divisionNames.keys()].map((code) => code.slice(0, 4)).concat('1000'))

/** Whether four digits begin any known code; `1000` is the state's own registrar. */
export const isPrefecture = (first4: string): boolean => prefectures.has(first4)
export const isProvince = (first2: string): boolean => prefectures.has(`${first2}00`)
