/** Lines of `word = meaning` as a table; null if a line has another form. */
export function toWords<T extends string>(text: string, meanings: readonly T[]): Record<string, T> | null {
  const words: Record<string, T> = {}
  for (const line of text.split('\n').map(each => each.trim())) {
    if (line === '') continue
    const at = line.lastIndexOf('=')
    const meaning = meanings.find(
      each =>
        each ===
        line
          .slice(at + 1)
          .trim()
          .toLowerCase(),
    )
    const word = line.slice(0, at).trim()
    if (at < 1 || word === '' || !meaning) return null
    words[word] = meaning
  }
  return words
}

export function toLines(words: Readonly<Record<string, string>>): string {
  return Object.entries(words)
    .map(([word, meaning]) => `${word} = ${meaning}`)
    .join('\n')
}
