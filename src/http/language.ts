export type Language = 'zh' | 'en'

/** The language of messages by `Accept-Language`: Chinese unless English is asked for first. RFC 9110 12.5.4. */
export const languageOf = (header: string | null | undefined): Language => {
  if (!header) return 'zh'
  const wanted = header
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().toLowerCase().split(';')
      const quality = options.map((option) => option.trim()).find((option) => option.startsWith('q='))
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
    })
    .filter(({ tag, quality }) => quality > 0 && /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.quality - a.quality)[0]
  return wanted?.tag.startsWith('en') ? 'en' : 'zh'
}
