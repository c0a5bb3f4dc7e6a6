const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u
/** Two words of Latin letters: fewer are a name, an id or a term, which both languages have. */
const ENGLISH = /\p{Script=Latin}{2,}[^\p{L}\p{N}]* \p{Script=Latin}{2,}/u

/** The language of a text, as far as its script tells; null for names, ids and numbers. */
export function languageOf(text: string): 'ja' | 'en' | null {
  if (JAPANESE.test(text)) return 'ja'
  return ENGLISH.test(text) ? 'en' : null
}
