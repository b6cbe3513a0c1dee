/** Shapes of single fields as sources send them. What a text means is read in a feed's `map`; here it only has to be there and be text. */
import { z } from 'zod'

/** Any field that is no part of the key: text or number, and free to be empty or absent. */
export const cell = z.union([z.string(), z.number()]).nullish()

/** A field of the key: text with something in it, or a number. */
export const keyCell = z.union([z.string().regex(/\S/), z.number()])
