import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { entranceKinds } from '@/lib/domain/waf/entrances/kinds'
import { EntranceFilter, environmentChoices, rungChoices } from '@/lib/domain/waf/filter'
import { parseAsTeam } from '../teams/team-param'

/** The list of entrances in an address, with the cursors of the visited pages. */
export const entranceParsers = {
  text: parseAsString.withDefault(''),
  rung: parseAsArrayOf(parseAsStringLiteral(rungChoices)).withDefault([]),
  kind: parseAsArrayOf(parseAsStringLiteral(entranceKinds)).withDefault([]),
  environment: parseAsArrayOf(parseAsStringLiteral(environmentChoices)).withDefault([]),
  account: parseAsArrayOf(parseAsString).withDefault([]),
  team: parseAsArrayOf(parseAsTeam).withDefault([]),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}

const load = createLoader(entranceParsers)
const serialize = createSerializer(entranceParsers)

/** Reads the list from an address. The last of `after` is this page's cursor; `after` is empty on the first page. */
export async function readEntrances(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ filter: EntranceFilter; after: string[] }> {
  const { after, account, ...values } = await load(searchParams)
  const accounts = account.filter(id => /^\d{12}$/.test(id))
  return { filter: EntranceFilter.parse({ ...values, account: accounts, text: values.text.slice(0, 200) }), after }
}

export function wafHref(filter: Partial<EntranceFilter> = {}, after: readonly string[] = []): string {
  return serialize('/waf', { ...filter, after: [...after] })
}

export function entranceHref({ account, id }: { account: { id: string }; id: string }): string {
  return `/waf/${account.id}/${id}`
}
