import 'server-only'

/** The LIKE pattern for "contains this text"; null where nothing stored can contain it. */
export function contains(text: string): string | null {
  return text.includes('\u0000') ? null : `%${likeText(text)}%`
}

/** A text in a LIKE pattern. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
