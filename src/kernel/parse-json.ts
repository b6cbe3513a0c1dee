/** JSON text → record, keeping numbers that JavaScript would damage as the text they were. */

/** Where a bare number may be long or in powers of ten; a number inside a text never matches, since its quote stands before it. */
const longNumber = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/

/** A number that does not print as it was written comes back as its lexeme, so `12345678901234567890` stays whole. */
const keepLexeme = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? context.source
    : value

/** Throws SyntaxError where the text is no JSON. */
export const parseJsonRecord = (text: string): unknown =>
  longNumber.test(text) ? JSON.parse(text, keepLexeme as never) : JSON.parse(text)
