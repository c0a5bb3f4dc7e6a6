import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { KeyFilter, keyStates } from '@/lib/domain/access-keys/filter'
import { keyUses } from '@/lib/domain/access-keys/pipeline'
import { TeamId } from '@/lib/domain/people/team'
import { pipelineSystems } from '@/lib/domain/trust/issuers'

type Search = Promise<Record<string, string | string[] | undefined>>

/** The page of access keys in an address, with the cursors of the visited pages. */
export const keyParsers = {
  text: parseAsString.withDefault(''),
  use: parseAsArrayOf(parseAsStringLiteral(keyUses)).withDefault([]),
  state: parseAsArrayOf(parseAsStringLiteral(keyStates)).withDefault([]),
  team: parseAsArrayOf(parseAsString).withDefault([]),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}

const load = createLoader(keyParsers)
const serialize = createSerializer(keyParsers)

/** Reads the page from an address. The last of `after` is this page's cursor; `after` is empty on the first page. */
export async function readKeys(searchParams: Search): Promise<{ filter: KeyFilter; after: string[] }> {
  const { after, ...values } = await load(searchParams)
  const team = values.team.filter(id => TeamId.safeParse(id).success)
  return { filter: KeyFilter.parse({ ...values, team, text: values.text.slice(0, 200) }), after }
}

export function keysHref(
  { account: _accounts, ...filter }: Partial<KeyFilter> = {},
  after: readonly string[] = [],
): string {
  return serialize('/access-keys', { ...filter, after: [...after] })
}

/** The CI system whose texts a key's page shows. */
const systemParsers = { system: parseAsStringLiteral(pipelineSystems) }
const loadSystem = createLoader(systemParsers)
const serializeSystem = createSerializer(systemParsers)

export async function readSystem(searchParams: Search) {
  return (await loadSystem(searchParams)).system
}

export function keyHref(account: string, key: string, choice: Parameters<typeof serializeSystem>[1] = {}): string {
  return serializeSystem(`/access-keys/${account}/${key}`, choice)
}
