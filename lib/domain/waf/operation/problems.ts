import { isWafCharm } from '../entrances/vendors'
import { nameOf, ownValue } from '../rules/shapes'
import { statementsIn } from '../rules/statements'
import type { AclState, WafState } from '../state'
import { type AclHistory, isOlderThan } from './since'

const EXPIRY_DAYS = 30
const UNCHANGED_DAYS = 180
const WAFCHARM_DAYS = 7
/** Fewer requests in 30 days say little about a web ACL. */
const TRAFFIC = 10_000

/** Something that is wrong with how a web ACL is operated, with what was seen. */
export interface Problem {
  readonly id: ProblemId
  readonly seen: Readonly<Record<string, string | number>>
}
/** In the order in which they are best solved. */
export const problemIds = [
  'no-logging',
  'no-metrics',
  'metrics-unread',
  'version-expires',
  'baseline-missing',
  'wafcharm-stale',
  'nothing-blocked',
  'rules-unchanged',
] as const
export type ProblemId = (typeof problemIds)[number]

export interface Watching {
  readonly state: WafState
  readonly now: Date
  readonly history: AclHistory | null
}

type Finder = (acl: AclState, watching: Watching) => Problem['seen'] | null

const finders: Readonly<Record<ProblemId, Finder>> = {
  'no-logging': noLogging,
  'no-metrics': ({ acl }) => {
    const rules = [acl, ...acl.Rules]
    const silent = rules.filter(
      ({ VisibilityConfig: view }) => !view.CloudWatchMetricsEnabled || !view.SampledRequestsEnabled,
    )
    return silent.length === 0 ? null : { rules: silent.length }
  },
  'metrics-unread': ({ metrics }) => (metrics ? null : {}),
  'version-expires': versionExpires,
  'baseline-missing': baselineMissing,
  'wafcharm-stale': wafCharmStale,
  'nothing-blocked': nothingBlocked,
  'rules-unchanged': rulesUnchanged,
}

/** A problem of one kind; null where there is none, or where nothing can be said. */
export function problemOf(id: ProblemId, acl: AclState, watching: Watching): Problem | null {
  const seen = finders[id](acl, watching)
  return seen && { id, seen }
}

export function problemsOf(acl: AclState, watching: Watching): Problem[] {
  return problemIds.flatMap(id => problemOf(id, acl, watching) ?? [])
}

/** Logs are missing, or their filter drops what a WAF does. */
function noLogging({ logging }: AclState): Problem['seen'] | null {
  if (logging.length === 0) return { destinations: 0 }
  const keeps = logging.some(({ LoggingFilter: filter }) => {
    const kept = (action: string) =>
      filter?.Filters.find(({ Conditions }) => Conditions.some(one => one.ActionCondition?.Action === action))
        ?.Behavior ??
      filter?.DefaultBehavior ??
      'KEEP'
    return kept('BLOCK') === 'KEEP'
  })
  return keeps ? null : { destinations: logging.length }
}

/** Managed rule groups whose version is pinned and ends soon, or has ended. */
function versionExpires({ resource, judged }: AclState, { state }: Watching): Problem['seen'] | null {
  for (const { name, group } of judged.rules) {
    if (!group || group.version === '') continue
    const left = state.daysToExpiry.get(`${group.name}/${group.version}`) ?? null
    const known = state.managedGroup(resource.region, group.name)
    const isListed = known?.versions?.some(one => one.Name === group.version) ?? true
    const ended = ownValue(known?.used, group.version) === null
    // Before an end is scheduled, the metric stays at a large number.
    if (ended || !isListed || (left !== null && left < EXPIRY_DAYS)) {
      return { rule: name, group: group.name, version: group.version }
    }
  }
  return null
}

const BASELINE = /^AWS\/AWSManagedRules(?:CommonRuleSet|KnownBadInputsRuleSet|AmazonIpReputationList)$/

/** Neither a general rule set of AWS or of another vendor, nor one of WafCharm, nor a rate limit. */
function baselineMissing({ acl, judged }: AclState): Problem['seen'] | null {
  if (nameOf(acl.DefaultAction) === 'Block') return null
  const has = judged.rules.some(({ name, group, statement }) => {
    if (group && (BASELINE.test(group.name) || isWafCharm(name) || isWafCharm(group.name))) return true
    // Groups of other vendors are general rule sets as a rule.
    if (group?.name.includes('/') && !group.name.startsWith('AWS/')) return true
    return isWafCharm(name) || [...statementsIn(statement)].some(([kind]) => kind === 'RateBasedStatement')
  })
  return has ? null : { rules: judged.rules.length }
}

/** IP sets that WafCharm updates by itself every few minutes have not changed for a week. */
function wafCharmStale({ judged }: AclState, { state, now }: Watching): Problem['seen'] | null {
  const sets = judged.rules.flatMap(({ statement }) =>
    [...statementsIn(statement)].flatMap(([kind, { ARN }]) =>
      kind === 'IPSetReferenceStatement' && typeof ARN === 'string' ? (state.ipSet(ARN) ?? []) : [],
    ),
  )
  const automated = sets.filter(({ name }) => isWafCharm(name) && /automated/i.test(name))
  const newest = automated.toSorted((a, b) => b.changedAt.getTime() - a.changedAt.getTime())[0]
  if (!newest || !isOlderThan(newest.changedAt, WAFCHARM_DAYS, now)) return null
  return { ipSet: newest.name, unchangedSince: newest.changedAt.toISOString() }
}

export function sumOf(values: readonly number[] | undefined): number {
  return (values ?? []).reduce((sum, value) => sum + value, 0)
}

function nothingBlocked({ metrics }: AclState): Problem['seen'] | null {
  const all = metrics?.rules.ALL
  if (!all || sumOf(all.blocked) > 0 || sumOf(all.allowed) < TRAFFIC) return null
  return { allowed: roughly(sumOf(all.allowed)) }
}

/** To two digits, so that what was seen does not change from day to day. */
function roughly(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.round(count / unit) * unit
}

/** Groups on their default version, and those of WafCharm and Firewall Manager, are renewed by others. */
function rulesUnchanged({ acl, judged }: AclState, { history, now }: Watching): Problem['seen'] | null {
  if (!history || judged.rules.length === 0 || acl.ManagedByFirewallManager) return null
  if (
    judged.rules.some(
      ({ name, group }) => isWafCharm(name) || (group && group.version === '' && group.name.includes('/')),
    )
  ) {
    return null
  }
  if (!isOlderThan(history.rulesSince, UNCHANGED_DAYS, now)) return null
  return { unchangedSince: history.rulesSince.toISOString() }
}
