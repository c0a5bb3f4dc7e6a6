/** Tags as lines of key=value, for a field of several lines. */
export function tagsToText(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')
}

/** Lines of key=value as tags; null if a line has no key or a key occurs twice. */
export function textToTags(text: string): Record<string, string> | null {
  const tags = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const at = line.indexOf('=')
    const key = (at < 0 ? line : line.slice(0, at)).trim()
    if (key === '' || tags.has(key)) return null
    tags.set(key, at < 0 ? '' : line.slice(at + 1).trim())
  }
  return Object.fromEntries(tags)
}
