import { z } from 'zod'
import kinds from './access-titles.json'

/**
 * Kinds of findings of IAM Access Analyzer in the words of its console. Titles begin with the kind and name the resource, so
 * that one control has many of them. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
 */
const KINDS = z.array(z.strictObject({ control: z.string(), en: z.string(), ja: z.string() })).parse(kinds)

/** The title of a finding in a language; null for other findings and kinds. */
export function accessTitle(locale: string, { control, title }: { control: string; title: string }): string | null {
  const kind = KINDS.find(each => each.control === control && title.startsWith(`${each.en}: `))
  return kind && locale === 'ja' ? `${kind.ja}: ${title.slice(kind.en.length + 2)}` : null
}

/** What the findings of a control have in common; null for other controls. */
export function accessLabel(locale: string, control: string): string | null {
  const kinds = KINDS.filter(kind => kind.control === control)
  if (kinds.length === 0) return null
  return kinds.map(kind => (locale === 'ja' ? kind.ja : kind.en)).join(' / ')
}

/** The kinds whose name in another language contains a text, with the beginning of their titles in reports. */
export function accessKindsTitled(text: string): { control: string; beginning: string }[] {
  const wanted = text.toLowerCase()
  return KINDS.filter(({ ja }) => ja.toLowerCase().includes(wanted)).map(({ control, en }) => ({
    control,
    beginning: `${en}: `,
  }))
}
