/** Every dataset beside the first six, one line each: see `../source.ts`. */
import type { Source } from '../source.ts'

export const sources: readonly Source[] = []
