import { z } from 'zod'
import names from './evidence.json'

/** The names of evidence, by the keys that checks write. */
const Names = z.record(z.string(), z.strictObject({ ja: z.string(), en: z.string() }))
const table = Names.parse(names)

/** The name of evidence in a language; of evidence that a later version wrote, the key. */
export function evidenceName(locale: string, name: string): string {
  return table[name]?.[locale === 'ja' ? 'ja' : 'en'] ?? name
}
