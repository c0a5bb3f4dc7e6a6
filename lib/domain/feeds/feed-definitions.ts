import type { FeedDefinition, Reporting, Texts } from '../../sources/definition'
import { definitions, type FeedId, feeds } from '../../sources/definitions'

export type { Reporting } from '../../sources/definition'

const byId: ReadonlyMap<string, FeedDefinition> = new Map(feeds.map(feed => [feed.id, feed]))

/** The definition of a feed; undefined for one that this version does not know, such as one of an older database. */
export function feedDefinition(id: string): FeedDefinition | undefined {
  return byId.get(id)
}

/** The feeds with this kind of complete report. */
export function feedsReporting(reporting: Reporting): FeedId[] {
  return feeds.filter(({ reports }) => reports === reporting).map(({ id }) => id)
}

/** The feeds whose reports are recognized without a mapping. */
export const recognisedFeeds: readonly FeedId[] = definitions
  .filter(({ byMapping }) => !byMapping)
  .flatMap(definition => definition.feeds.map(({ id }) => id))

/** Names of all feeds, in the form of a namespace of messages: `source.<id>` and `source.short.<id>`. */
export function feedNames(locale: keyof Texts): Record<string, string | Record<string, string>> {
  const named = (part: 'name' | 'short') => Object.fromEntries(feeds.map(feed => [feed.id, feed[part][locale]]))
  return { ...named('name'), short: named('short') }
}

const products = feeds.filter(({ reports }) => reports === 'region').flatMap(({ product }) => product ?? [])
const regionalProducts = products.map(inWords)

/** Whether a product reports only problems, Region by Region, whichever feed delivers it. */
export function isRegionalProduct(product: string): boolean {
  const words = inWords(product)
  return regionalProducts.some(regional => words.includes(regional))
}

/** The words of a name in lower case, each between two spaces. */
function inWords(name: string): string {
  return ` ${name.toLowerCase().split(/\W+/).filter(Boolean).join(' ')} `
}

/** The id of a threat in its own source, whichever source reports it. */
export function ownThreatId(name: string): string {
  for (const { threatName } of definitions) {
    const id = threatName?.exec(name)?.[1]
    if (id !== undefined) return id
  }
  return name
}

/** File extensions of reports of some sources, in addition to the usual ones. */
export const fileExtensions: readonly string[] = definitions.flatMap(({ fileExtensions: own = [] }) => own)

/** Columns of the table of controls with names of checks; `only` is the only feed for which such a name counts. */
export const checkNameColumns: readonly { column: string; only: string | null }[] = definitions.flatMap(
  ({ checkNames, feeds: [{ id }] }) => [
    ...(checkNames?.shared ?? []).map(column => ({ column, only: null })),
    ...(checkNames?.only ?? []).map(column => ({ column, only: id })),
  ],
)

const recordKeys = definitions.flatMap(({ recordKeys: own = [] }) => own)

/** Whether an object's keys show that it is a record of some format and not an envelope of records. */
export function isRecordByKey(value: Readonly<Record<string, unknown>>): boolean {
  for (const key of recordKeys) if (key in value) return true
  return false
}

const activeControls = definitions.flatMap(({ active = [] }) => active)

/** Whether no check stands behind a control, so that its findings are active and never failed. */
export function isActiveControl(control: string): boolean {
  return activeControls.some(active => active.test(control))
}
