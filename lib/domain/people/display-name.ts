/**
 * Two names with the same key look the same: letter case, width, invisible characters and the number of spaces do not
 * count. Letters of other alphabets that look alike do count, which is why e-mail addresses are shown beside names.
 * https://www.unicode.org/reports/tr15/
 */
export function nameKey(name: string): string {
  const folded = name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
  return folded.normalize('NFKC').replace(/\s+/gu, ' ').trim()
}
