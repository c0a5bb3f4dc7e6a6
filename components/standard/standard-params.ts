import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { environments } from '@/lib/domain/people/team'
import { StandardFilter } from '@/lib/domain/standard/filter'
import { type StandardState, standardStates } from '@/lib/domain/standard/state'
import { parseAsTeam } from '../teams/team-param'

/** The standard page in an address, with the cursors of the visited pages. */
export const standardParsers = {
  text: parseAsString.withDefault(''),
  environment: parseAsArrayOf(parseAsStringLiteral(environments)).withDefault([]),
  team: parseAsArrayOf(parseAsTeam).withDefault([]),
  state: parseAsArrayOf(parseAsStringLiteral(standardStates)).withDefault([]),
  after: parseAsArrayOf(parseAsString).withDefault([]),
}

const load = createLoader(standardParsers)
const serialize = createSerializer(standardParsers)

/** Reads the page from an address. The last of `after` is this page's cursor; `after` is empty on the first page. */
export async function readStandard(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ filter: StandardFilter; after: string[] }> {
  const { after, ...values } = await load(searchParams)
  return { filter: StandardFilter.parse({ ...values, text: values.text.slice(0, 200) }), after }
}

export function standardHref(filter: Partial<StandardFilter> = {}, after: readonly string[] = []): string {
  const { text, environment, team, state } = filter
  return serialize('/standard', {
    ...(text !== undefined && { text }),
    ...(environment && { environment }),
    ...(team && { team }),
    ...(state && { state }),
    after: [...after],
  })
}

/** The results of one check in an address. */
const checkParsers = { state: standardParsers.state, after: standardParsers.after }
const loadCheck = createLoader(checkParsers)
const serializeCheck = createSerializer(checkParsers)

/** Reads the page of a check from an address, with `after` as in `readStandard`. */
export async function readCheck(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<{ states: StandardState[]; after: string[] }> {
  const { state, after } = await loadCheck(searchParams)
  return { states: state, after }
}

/** The page of a check, with its accounts in some states. */
export function checkHref(check: string, states: readonly StandardState[] = [], after: readonly string[] = []): string {
  return serializeCheck(`/standard/${check}`, { state: [...states], after: [...after] })
}

/** The list of checks on the page of an account. */
export const CHECKLIST = 'standard'
