import { z } from 'zod'

/** From 2000 to 2099, without days that no calendar has. */
const DAY =
  '20(?:(?:[02468][048]|[13579][26])-02-29|[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))'
const TIME = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])'

// The patterns are complete, for readers of the document that do not know formats.

/** A day as YYYY-MM-DD. isOfThisCentury is checked separately, with its own message. */
export const recentDay = z.iso.date().meta({ format: undefined, pattern: `^${DAY}$` })

/** The same for an instant with its offset: https://www.rfc-editor.org/rfc/rfc3339. */
export const recentInstant = z.iso.datetime({ offset: true }).meta({ format: undefined, pattern: `^${DAY}${TIME}$` })

export function isOfThisCentury(text: string): boolean {
  return text.startsWith('20')
}
