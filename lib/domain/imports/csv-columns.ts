import table from './csv-columns.json'
import type { CsvMapping } from './csv-mapping'

type CsvField = keyof CsvMapping['columns']

/** Names of columns in files of tools and spreadsheets, likeliest first, without spaces, marks and case. */
const NAMES: Record<CsvField, readonly string[]> = table

/** The columns of a header whose meaning is certain. A column has one meaning; a person decides about the others. */
export function guessColumns(header: readonly string[]): Partial<Record<CsvField, string>> {
  const byName = new Map(header.map(column => [folded(column), column]))
  const guessed: Partial<Record<CsvField, string>> = {}
  for (const [field, names] of Object.entries(NAMES) as [CsvField, readonly string[]][]) {
    const name = names.find(each => byName.has(each)) ?? ''
    const column = byName.get(name)
    if (column === undefined) continue
    guessed[field] = column
    byName.delete(name)
  }
  return guessed
}

function folded(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./()[\]:]/g, '')
}
