import { z } from 'zod'
import { type Entrance, entrancesOf } from './entrances/entrances'
import { type NextStep, nextStep } from './next-step'
import { type Problem, problemsOf } from './operation/problems'
import type { AclHistory } from './operation/since'
import { dataOf, isRead, type Resources } from './resource'
import { type AclState, WafState } from './state'

/** How well a WAF protects an entrance, from the worst to the best. */
export const rungs = ['none', 'other_vendor', 'empty', 'counting', 'partly_blocking', 'blocking', 'operated'] as const
export type Rung = (typeof rungs)[number]

export interface JudgedEntrance extends Entrance {
  /** null: what would be needed to tell was not read. */
  readonly rung: Rung | null
  readonly acl: AclState | null
  readonly problems: readonly Problem[]
  readonly next: NextStep
}

export type Histories = ReadonlyMap<string, AclHistory>

interface Judging {
  readonly state: WafState
  readonly now: Date
  readonly histories: Histories
}

/** The entrances of an account with their rungs. `histories` are those of web ACLs by their ARNs. */
export function judgeEntrances(inventory: Resources, now: Date, histories: Histories): JudgedEntrance[] {
  const judging = { state: new WafState(inventory), now, histories }
  const alone = entrancesOf(inventory).map(entrance => judgeAlone(entrance, judging))
  return alone.map(one => (one.behind?.by === 'cloudfront' && !one.acl ? behindDistributions(one, alone) : one))
}

function judgeAlone(entrance: Entrance, { state, now, histories }: Judging): JudgedEntrance {
  const acl = entrance.namedAcl ? state.acl(entrance.namedAcl) : state.aclOf(entrance.resource.arn)
  if (!acl) return { ...entrance, ...withoutAcl(entrance, state) }
  const watching = { state, now, history: histories.get(acl.resource.arn) ?? null }
  const problems = problemsOf(acl, watching)
  const { mode } = acl.judged
  const rung = mode === 'blocking' && problems.length === 0 ? 'operated' : mode
  return { ...entrance, rung, acl, problems, next: nextStep(entrance, { rung, acl, problems, state }) }
}

function withoutAcl(entrance: Entrance, state: WafState): Omit<JudgedEntrance, keyof Entrance> {
  const rung = isKnown(entrance, state) ? (entrance.behind?.by === 'vendor' ? 'other_vendor' : 'none') : null
  return { rung, acl: null, problems: [], next: nextStep(entrance, { rung, acl: null, problems: [], state }) }
}

/** Whether the web ACLs that could protect the entrance were read. One that is named and was not read is not known. */
function isKnown({ kind, namedAcl, resource }: Entrance, { inventory }: WafState): boolean {
  if (namedAcl?.startsWith('arn:')) return false
  const isOwnRead = kind === 'cloudfront' || isRead(inventory, 'waf', resource.region)
  return isOwnRead && ((kind !== 'cloudfront' && kind !== 'amplify') || isRead(inventory, 'waf-global', 'global'))
}

const Origins = z.object({ Origins: z.array(z.object({ DomainName: z.string().default('') })).default([]) })

/** The distributions that have an address as one of their origins. */
export function distributionsBefore(address: string, entrances: readonly JudgedEntrance[]): JudgedEntrance[] {
  return entrances.filter(
    ({ kind, resource }) =>
      kind === 'cloudfront' &&
      dataOf(Origins, resource).Origins.some(({ DomainName }) => DomainName.toLowerCase() === address.toLowerCase()),
  )
}

/** What only CloudFront can reach is as well protected as the worst distribution before it. */
function behindDistributions(entrance: JudgedEntrance, all: readonly JudgedEntrance[]): JudgedEntrance {
  const before = distributionsBefore(entrance.address, all)
  const height = ({ rung }: JudgedEntrance) => (rung === null ? -1 : rungs.indexOf(rung))
  const [worst] = before.toSorted((a, b) => height(a) - height(b))
  return worst
    ? { ...entrance, rung: worst.rung, acl: worst.acl, problems: worst.problems, next: worst.next }
    : entrance
}
