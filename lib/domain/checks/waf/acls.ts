import type { CollectorId } from '../../collection/collectors'
import type { Evidence } from '../../findings/facts'
import type { Severity } from '../../findings/severity'
import { type ProblemId, problemOf, sumOf, type Watching } from '../../waf/operation/problems'
import { countingSince, isOlderThan } from '../../waf/operation/since'
import { ownValue } from '../../waf/rules/shapes'
import type { AclState } from '../../waf/state'
import { type CheckDefinition, type Inventory, ownControl } from '../check'
import { aclsIn, judged } from './inventory'

const COUNTING_DAYS = 14
const ORPHAN_DAYS = 30
/** More than so many times the median of so many days, and than so many requests. */
const SPIKE = { days: 14, times: 5, least: 1000 } as const
const WEEK = 7
const WEEKS = 4
/** Above the first limit AWS WAF costs more; the second is close to the most that a web ACL can have. */
const CAPACITY = { costly: 1500, full: 4500 } as const

interface Found {
  readonly evidence: readonly Evidence[]
  readonly severity?: Severity
}
type Find = (acl: AclState, watching: Watching) => Found | null

interface AclCheck {
  readonly id: string
  /** A control of Security Hub that asks the same. */
  readonly control?: string
  readonly severity: Severity
  readonly needs?: readonly CollectorId[]
  /** Whether web ACLs that protect nothing are left out: one finding says that of them. */
  readonly inUse?: boolean
  readonly find: Find
}

function aclCheck({
  id,
  control = ownControl(id),
  severity,
  needs = [],
  inUse = true,
  find,
}: AclCheck): CheckDefinition {
  return {
    id,
    controls: [control],
    severity,
    needs: ['waf', 'waf-global', ...needs],
    regional: true,
    *run(inventory, region) {
      for (const acl of aclsIn(inventory, region)) {
        if (inUse && acl.acl.resources.length === 0) continue
        const found = find(acl, watching(inventory, acl))
        const resource = { id: acl.resource.arn, type: 'AwsWafv2WebAcl' }
        yield found ? { resource, result: 'failed', ...found } : { resource, result: 'passed' }
      }
    },
  }
}

function watching(inventory: Inventory, { resource }: AclState): Watching {
  const { state, histories } = judged(inventory)
  return { state, now: inventory.now, history: histories.get(resource.arn) ?? null }
}

/** Names of what was seen, and those that are times. */
const TIMES: ReadonlySet<string> = new Set(['unchangedSince'])

function evidenceOf(seen: Readonly<Record<string, string | number>>): Evidence[] {
  return Object.entries(seen).map(([name, value]) => {
    return {
      name: `waf${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      value,
      ...(TIMES.has(name) && { as: 'time' as const }),
    }
  })
}

const problem =
  (id: ProblemId): Find =>
  (acl, watching) => {
    const found = problemOf(id, acl, watching)
    return found && { evidence: evidenceOf(found.seen) }
  }

/** Rules that have only counted for longer than two weeks, with what proves it. */
function stuckRules({ resource, judged: { rules }, metrics }: AclState, { now, history }: Watching): Evidence[] {
  return rules
    .filter(({ effect }) => effect === 'count' || effect === 'mixed')
    .flatMap(({ name, metric, effect, counting }) => {
      // A group that blocks in part blocks, so that its metrics do not say since when single rules of it count.
      const all = ownValue(metrics?.rules, metric)
      const sums = effect === 'count' ? all : undefined
      const read = history ? ownValue(history.counting, name) : resource.changedAt
      const since = countingSince(sums, metrics?.days ?? [], read)
      if (!since || !isOlderThan(since.at, COUNTING_DAYS, now)) return []
      const inner = counting.length > 0 ? [{ name: 'wafInner', value: counting.join(', ') }] : []
      const weekly = matchesEachWeek(all?.counted) ? [{ name: 'wafCountedEachWeek', value: true }] : []
      return [
        { name: 'wafRule', value: name },
        ...inner,
        ...weekly,
        {
          name: since.by === 'read' ? 'wafCountingRead' : 'wafCountingMetrics',
          value: since.at.toISOString(),
          as: 'time' as const,
        },
      ]
    })
}

/** Whether a rule counted requests in each of the last four weeks: there is something to look at. */
function matchesEachWeek(counted: readonly number[] | undefined): boolean {
  const weeks = Array.from(
    { length: WEEKS },
    (_, n) => counted?.slice(-(n + 1) * WEEK, n === 0 ? undefined : -n * WEEK) ?? [],
  )
  return weeks.every(week => week.some(count => count > 0))
}

const countingFor =
  (...modes: AclState['judged']['mode'][]): Find =>
  (acl, watching) => {
    if (!modes.includes(acl.judged.mode)) return null
    const evidence = stuckRules(acl, watching)
    return evidence.length > 0 ? { evidence } : null
  }

function orphan({ acl, resource }: AclState, { now }: Watching): Found | null {
  // What it protects is part of its data: nothing has been, at least since they changed.
  if (acl.resources.length > 0 || !isOlderThan(resource.changedAt, ORPHAN_DAYS, now)) return null
  return { evidence: [{ name: 'wafOrphanRead', value: resource.changedAt.toISOString(), as: 'time' }] }
}

function capacity({ acl: { Capacity } }: AclState): Found | null {
  if (Capacity <= CAPACITY.costly) return null
  const evidence = [{ name: 'wafCapacity', value: Capacity }]
  return Capacity > CAPACITY.full ? { evidence, severity: 'medium' } : { evidence }
}

function broadAllow({ judged: { broad } }: AclState): Found | null {
  return broad && { evidence: [{ name: 'wafRule', value: broad.name }] }
}

function empty({ judged: { mode, rules } }: AclState): Found | null {
  return mode === 'empty' ? { evidence: [{ name: 'wafRules', value: rules.length }] } : null
}

/** Far more was blocked on the last whole day than on most of the two weeks before. */
function blockSpike({ metrics }: AclState): Found | null {
  const blocked = metrics?.rules.ALL?.blocked ?? []
  const before = blocked.slice(-1 - SPIKE.days, -1).toSorted((a, b) => a - b)
  const [last = 0, usual = 0] = [blocked.at(-1), before[Math.floor(before.length / 2)]]
  if (before.length < SPIKE.days || last <= Math.max(SPIKE.least, SPIKE.times * usual)) return null
  return {
    evidence: [
      { name: 'wafDay', value: metrics?.days.at(-1) ?? '' },
      { name: 'wafBlocked', value: last },
      { name: 'wafUsuallyBlocked', value: usual },
    ],
  }
}

/** A finding about traffic that says how much there was. */
function nothingBlocked(acl: AclState, watching: Watching): Found | null {
  const found = problem('nothing-blocked')(acl, watching)
  if (!found) return null
  const counted = sumOf(acl.metrics?.rules.ALL?.counted)
  return { evidence: [...found.evidence, { name: 'wafAnyCounted', value: counted > 0 }] }
}

/** Checks of web ACLs. https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html */
export const aclChecks: readonly CheckDefinition[] = [
  aclCheck({ id: 'waf-empty', control: 'WAF.10', severity: 'medium', find: empty }),
  aclCheck({ id: 'waf-logging', control: 'WAF.11', severity: 'low', find: problem('no-logging') }),
  aclCheck({ id: 'waf-metrics', severity: 'medium', find: problem('no-metrics') }),
  aclCheck({ id: 'waf-counting-only', severity: 'high', needs: ['metrics'], find: countingFor('counting') }),
  aclCheck({ id: 'waf-rules-counting', severity: 'medium', needs: ['metrics'], find: countingFor('partly_blocking') }),
  aclCheck({ id: 'waf-nothing-blocked', severity: 'medium', needs: ['metrics'], find: nothingBlocked }),
  aclCheck({ id: 'waf-block-spike', severity: 'medium', needs: ['metrics'], find: blockSpike }),
  aclCheck({ id: 'waf-rules-unchanged', severity: 'medium', find: problem('rules-unchanged') }),
  aclCheck({ id: 'waf-version-expires', severity: 'high', needs: ['metrics'], find: problem('version-expires') }),
  aclCheck({ id: 'waf-baseline', severity: 'medium', find: problem('baseline-missing') }),
  aclCheck({ id: 'waf-broad-allow', severity: 'high', find: broadAllow }),
  aclCheck({ id: 'waf-capacity', severity: 'low', find: capacity }),
  aclCheck({ id: 'waf-orphan', severity: 'low', inUse: false, find: orphan }),
  aclCheck({ id: 'waf-wafcharm', severity: 'high', find: problem('wafcharm-stale') }),
]
