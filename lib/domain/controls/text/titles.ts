import 'server-only'
import { z } from 'zod'
import { threatsTitled, threatTitle } from '../../threats/threat-titles'
import { accessLabel, accessTitle } from './access-titles'
import english from './titles.en.json'
import japanese from './titles.ja.json'

/**
 * Titles of controls by id, in the words of AWS's user guide. Japanese ones that were not found there are in its style.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html (and /ja_jp/)
 */
export const Titles = z.record(z.string(), z.string())

const tables = { en: Titles.parse(english), ja: Titles.parse(japanese) }
const titles = { en: indexOf(tables.en), ja: indexOf(tables.ja) }

function indexOf(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).map(([control, title]) => [control.toLowerCase(), title]))
}

/** The title of a control in a language; null for controls that have none. */
export function canonicalTitle(locale: string, control: string): string | null {
  return titles[locale === 'ja' ? 'ja' : 'en'].get(control.toLowerCase()) ?? null
}

/** The same rows under the canonical titles of their controls, where these have one. Stored titles do not change. */
export function withCanonicalTitles<R extends { control: string; title: string }>(
  locale: string,
  rows: readonly R[],
): R[] {
  return rows.map(row => ({
    ...row,
    title:
      canonicalTitle(locale, row.control) ?? accessTitle(locale, row) ?? threatTitle(locale, row.control) ?? row.title,
  }))
}

/** The same for groups by control, whose key is the control and whose label is its title. */
export function withCanonicalLabels<R extends { key: string; label: string }>(
  locale: string,
  groups: readonly R[],
): R[] {
  return groups.map(group => ({
    ...group,
    label:
      canonicalTitle(locale, group.key) ??
      accessLabel(locale, group.key) ??
      threatTitle(locale, group.key) ??
      group.label,
  }))
}

/** The same for changes that raise a score, which name their control. */
export function withCanonicalChanges<C extends { name: string; title: string }>(
  locale: string,
  changes: readonly C[],
): C[] {
  return changes.map(change => {
    const [titled] = withCanonicalTitles(locale, [{ control: change.name, title: change.title }])
    return { ...change, title: titled?.title ?? change.title }
  })
}

/** The same for exceptions, which name their finding unless they are by rule. */
export function withCanonicalFindings<F extends { control: string; title: string }, R extends { finding: F | null }>(
  locale: string,
  rows: readonly R[],
): R[] {
  return rows.map(row => ({ ...row, finding: row.finding && (withCanonicalTitles(locale, [row.finding])[0] ?? null) }))
}

/** Ids of the controls whose canonical title contains a text, in any language, and the spellings of such threats. */
export function controlsTitled(text: string): string[] {
  const wanted = text.toLowerCase()
  const controls = Object.keys(tables.en).filter(control =>
    [tables.en, tables.ja].some(table => table[control]?.toLowerCase().includes(wanted)),
  )
  return [...controls, ...threatsTitled(text)]
}
