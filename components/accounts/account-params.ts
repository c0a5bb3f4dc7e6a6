import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { AccountFilter, accountSorts, directions } from '@/lib/domain/accounts/filter'
import { environments } from '@/lib/domain/people/team'
import { parseAsTeam } from '../teams/team-param'

/** The list of accounts in an address, with the cursors of the visited pages. */
export const accountParsers = {
  text: parseAsString.withDefault(''),
  environment: parseAsArrayOf(parseAsStringLiteral(environments)).withDefault([]),
  team: parseAsArrayOf(parseAsTeam).withDefault([]),
  sort: parseAsStringLiteral(accountSorts).withDefault('risk'),
  dir: parseAsStringLiteral(directions).withDefault('desc'),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}

const load = createLoader(accountParsers)
const serialize = createSerializer(accountParsers)

/** Reads the list from an address. The last of `after` is this page's cursor; `after` is empty on the first page. */
export async function readAccountList(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ filter: AccountFilter; after: string[] }> {
  const { after, ...values } = await load(searchParams)
  return { filter: AccountFilter.parse({ ...values, text: values.text.slice(0, 200) }), after }
}

export function accountsHref(filter: Partial<AccountFilter> = {}, after: readonly string[] = []): string {
  return serialize('/accounts', { ...filter, after: [...after] })
}
