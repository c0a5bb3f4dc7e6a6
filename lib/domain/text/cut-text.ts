/** The first `max` units of a text, without half of a surrogate pair at the end, which PostgreSQL refuses in jsonb. */
export function cutText(text: string, max: number): string {
  const part = text.slice(0, max)
  return /[\uD800-\uDBFF]$/.test(part) ? part.slice(0, -1) : part
}
