const patterns = new Map<string, RegExp>()

/** Whether a text fits a pattern in which `*` is any text. */
export function fitsPattern(pattern: string, text: string): boolean {
  let regExp = patterns.get(pattern)
  if (!regExp) {
    const parts = pattern.split(/\*+/).map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    regExp = new RegExp(`^${parts.join('.*')}$`, 's')
    if (patterns.size > 1000) patterns.clear()
    patterns.set(pattern, regExp)
  }
  return regExp.test(text)
}
