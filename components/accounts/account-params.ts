import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { AccountFilter, accountSorts, directions } from '@/lib/domain/accounts/filter'
import { environments } from '@/lib/domain/people/team'
import { parseAsTeam } from '../teams/team-param'

/** The list of accounts as it stands in the address. */
export const accountParsers = {
  text: parseAsString.withDefault(''),
  environment: parseAsArrayOf(parseAsStringLiteral(environments)).withDefault([]),
  team: parseAsArrayOf(parseAsTeam).withDefault([]),
  sort: parseAsStringLiteral(accountSorts).withDefault('open'),
  dir: parseAsStringLiteral(directions).withDefault('desc'),
}

const load = createLoader(accountParsers)
const serialize = createSerializer(accountParsers)

export async function readAccountFilter(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<AccountFilter> {
  const values = await load(searchParams)
  return AccountFilter.parse({ ...values, text: values.text.slice(0, 200) })
}

export function accountsHref(filter: Partial<AccountFilter> = {}): string {
  return serialize('/accounts', filter)
}
