/**
 * What a link says, as the SQL expression that the digest of a judgement is over: one text for the verb that keeps the digest and for the page that
 * sends it. `l` is the link.
 */
export const shownText = `l.decision || l.reason || l.evidence::text || l.candidates::text`
