const INDENT = '  '

/**
 * JSON text with line breaks and indentation. Only white space outside strings changes: numbers keep every digit and
 * repeated keys stay, which JSON.parse would lose. The words of other text do not change.
 */
export function prettyJson(text: string): string {
  let out = ''
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (inString) {
      out += char
      if (char === '\\') out += text.charAt(++at)
      else if (char === '"') inString = false
      continue
    }
    if (/\s/.test(char)) continue
    if (char === '"') {
      inString = true
      out += char
    } else if (char === '{' || char === '[') {
      const rest = text.slice(at + 1, at + 64).trimStart()
      if (rest.startsWith('}') || rest.startsWith(']')) out += char
      else out += `${char}\n${INDENT.repeat(++depth)}`
    } else if (char === '}' || char === ']') {
      if (out.endsWith('{') || out.endsWith('[')) out += char
      else {
        depth = Math.max(0, depth - 1)
        out += `\n${INDENT.repeat(depth)}${char}`
      }
    } else if (char === ',') out += `,\n${INDENT.repeat(depth)}`
    else if (char === ':') out += ': '
    else out += char
  }
  return out
}
