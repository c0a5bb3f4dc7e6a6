import 'server-only'
import { PlaybookText } from './playbook'
import japanese from './text/ja.json'
import { spellingsOf, threatTypeOf, threatTypes } from './threat-type'

const names = new Map(Object.entries(PlaybookText.parse(japanese).families).map(([family, { name }]) => [family, name]))

/**
 * The title of a threat in Japanese: the name of its family, since sources write titles in English only. Null in other languages
 * and for unknown types.
 */
export function threatTitle(locale: string, control: string): string | null {
  if (locale !== 'ja') return null
  const { family } = threatTypeOf(control)
  return family === 'other' ? null : (names.get(family) ?? null)
}

/**
 * Types of threats of which a spelling or the Japanese title contains a text, each in all of its spellings.
 * People search for GuardDuty's spelling where only Security Hub's is stored.
 */
export function threatsTitled(text: string): string[] {
  const wanted = text.toLowerCase()
  const has = (name: string | undefined) => name?.toLowerCase().includes(wanted) ?? false
  return threatTypes.flatMap(({ type, family }) => {
    const spellings = spellingsOf(type)
    return spellings.some(has) || has(names.get(family)) ? spellings : []
  })
}
