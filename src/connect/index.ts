/** `#connect`: what a connector is written with. Decoders and clients that only the hub itself drives are imported by their files. */

export * from './account-readers.ts'
export type { AuthKind } from './auth.ts'
export * from './collect.ts'
export { type CursorPagesOptions, cursorPages } from './cursor-pages.ts'
export { type Department, defineDepartment, type OpenSource, openSource, type SourceSettings } from './department.ts'
export { type ConnectCode, connectCodes, connectError, decodeCodes } from './errors.ts'
export { type ExtractFilesOptions, extractFiles } from './extract-files.ts'
export * from './feed.ts'
export { type Drift, driftOf, fieldsOf, keyFields } from './feed-shape.ts'
export { type MonthlyFilesOptions, monthlyFiles } from './monthly-files.ts'
export { type NumberedPagesOptions, numberedPages } from './numbered-pages.ts'
export * from './readers.ts'
