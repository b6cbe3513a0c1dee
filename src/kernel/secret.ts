import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'

const known = new Set<string>()

/** A value that prints as `***` wherever it is printed by accident. `reveal()` is the only way to it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
    // Very short values would blank out ordinary words of the log.
    if (value.length >= 6) known.add(value)
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect.custom](): string {
    return 'Secret(***)'
  }
}

/** All secrets this process has met, for the redactor of the log. */
export const knownSecrets = (): ReadonlySet<string> => known

/** A secret derived from another for one purpose: HMAC-SHA256 over the purpose, base64url, 43 characters. */
export const deriveSecret = (master: Secret, purpose: string): Secret =>
  new Secret(createHmac('sha256', master.reveal()).update(purpose).digest('base64url'))
