import type { Route } from './route.ts'

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/** Pages load what this server serves and nothing else; API answers load nothing at all. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

export const securityHeaders = (route: Route | null): Readonly<Record<string, string>> => ({
  ...always,
  'content-security-policy': route?.contentType === undefined ? apiPolicy : pagePolicy,
})
