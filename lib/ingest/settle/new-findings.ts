import { now } from '../../clock'
import { canonicalRank } from '../../domain/controls/severities'
import { pairHash, timeOf } from '../../domain/feeds/report-pairs'
import { noUrgency, settle, startsAs, tagsOf } from '../../domain/findings/lifecycle'
import { severityRank } from '../../domain/findings/severity'
import { isImage } from '../../domain/identity/fix-target'
import { partOf } from '../../domain/identity/identity'
import { feedKey, findingKey, type RowKey } from '../../domain/identity/keys'
import { resourceNameOf } from '../../domain/identity/resource-name'
import { beganAt, clockStart, type Observed } from '../../domain/policies/clock'
import { isOverdue } from '../../domain/policies/deadline'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import { countedBy, countedSeverity } from '../../domain/policies/exploited'
import type { NewFinding } from '../../store/sightings/new-findings'
import { MAX_PACKAGES } from '../../store/sightings/package-names'
import type { SightingWrite } from '../../store/sightings/rows'
import { labelOf, type RunContext, resolvedBy } from '../run/context'
import { textKeysOf } from '../run/learn-texts'
import { applyRouting } from './apply-routing'
import { withException } from './exception-match'

/** The findings to create for sightings, if they do not exist yet. */
export function draftFindings(run: RunContext, writes: readonly SightingWrite[]): NewFinding[] {
  const groups = new Map<RowKey<'finding'>, SightingWrite[]>()
  for (const write of writes) {
    const { result } = write.item.outcome
    if (startsAs(result) === null || (!run.mayClose && result !== 'failed')) continue
    const key = findingKey(write.item.outcome.accountId, write.item.findingId)
    const group = groups.get(key)
    if (group) group.push(write)
    else groups.set(key, [write])
  }
  const label = labelOf(run)
  const findings: NewFinding[] = []
  for (const group of groups.values()) {
    const finding = toFinding(run, label, group)
    if (finding) findings.push(finding)
  }
  return findings
}

const dueDates = new Map<string, Date | null>()
const QUARTER = 15 * 60_000

function dueOf(run: RunContext, dated: Dated): Date | null {
  const { class: kind, severity, environment } = dated
  // The same day in every time zone.
  const quarter = Math.floor(clockStart(dated, run.duePolicy.clock).getTime() / QUARTER)
  const key = `${quarter}/${kind}/${severity}/${environment}/${run.timeZone}/${run.versions}`
  let due = dueDates.get(key)
  if (due === undefined) {
    if (dueDates.size > 5000) dueDates.clear()
    due = dueAt(dated, run.timeZone, run.duePolicy)
    dueDates.set(key, due)
  }
  return due
}

/** The packages that one fix updates, as namePackages formats them. */
function packagesOf(group: readonly SightingWrite[]): string {
  const failing = group.filter(({ item, present }) => present && item.outcome.result === 'failed')
  const names = new Set((failing.length > 0 ? failing : group).map(({ item }) => item.outcome.packageName))
  return [...names].filter(Boolean).sort().join(', ').slice(0, MAX_PACKAGES)
}

/** The package or part that distinguishes the finding from others of its resource. */
function packageOf(group: readonly SightingWrite[], { item: { outcome, problem } }: SightingWrite): string {
  if (outcome.class === 'vulnerability') return isImage(problem.resourceId) ? packagesOf(group) : outcome.packageName
  return outcome.byRecord ? '' : partOf(outcome)
}

/** What a source says of the beginning, and what earlier reports prove about it. */
function observedOf(run: RunContext, { item: { outcome, place }, passedAt }: SightingWrite): Observed {
  const looked = run.feeds.get(feedKey(outcome))?.looked ?? null
  const seconds = looked && timeOf(looked, pairHash(place.control, place.region))
  const lackedAt = seconds === null ? 0 : seconds * 1000
  const absentAt = Math.max(lackedAt < run.observedAt.getTime() ? lackedAt : 0, passedAt?.getTime() ?? 0)
  return { firstObservedAt: outcome.firstObservedAt, absentAt: absentAt > 0 ? new Date(absentAt) : null }
}

/** A problem in a backdated report was gone at the latest by the next complete report of its feed. */
function closedAt(run: RunContext, group: readonly SightingWrite[]): Date {
  const failing = group.filter(({ item }) => item.outcome.result === 'failed').map(({ item }) => item)
  return (failing.length > 0 ? resolvedBy(run, failing) : null) ?? run.observedAt
}

function toFinding(run: RunContext, label: string, group: readonly SightingWrite[]): NewFinding | null {
  const first = group[0]
  if (!first) return null
  const { outcome, problem } = first.item
  const severity = severityRank(outcome.severity)
  const sightings = group.map(({ item, present }) => ({
    id: item.sightingId,
    source: item.outcome.source,
    result: item.outcome.result,
    present,
    severity: severityRank(item.outcome.severity),
    title: item.outcome.title,
    resourceType: item.outcome.resource.type,
    tags: run.mayClose ? (item.outcome.tags ?? null) : null,
    unproven: !run.mayClose,
    firstObservedAt: item.outcome.firstObservedAt,
    facts: item.outcome.facts ?? null,
    ownControl: item.outcome.control === item.problem.control ? null : item.outcome.control,
    searchKeys: textKeysOf(run, item.outcome),
  }))
  const { state } = settle(
    {
      status: 'new',
      severity,
      title: outcome.title,
      resourceType: outcome.resource.type,
      sources: [...new Set(group.map(({ item }) => item.outcome.source))].sort(),
      resolvedReason: null,
      firstObservedAt: run.observedAt,
      urgency: noUrgency,
      terms: '',
      searchKeys: [],
    },
    sightings,
    canonicalRank(run.severities, outcome.class, problem.control),
  )
  const account = run.accounts.get(outcome.accountId)
  const side = withException(
    run,
    {
      accountId: outcome.accountId,
      id: first.item.findingId,
      control: problem.control,
      resourceId: problem.resourceId,
    },
    { status: state.status, exceptionId: null, beforeException: null },
    { severity: state.severity, tags: tagsOf(sightings) },
  )
  const listed = run.knownExploited.has(problem.control)
  const counted = countedBy(run.duePolicy.exploited, { class: outcome.class, ...state, ...state.urgency, listed })
  const began = beganAt(
    group.map(each => observedOf(run, each)),
    run.observedAt,
  )
  const dated: Dated = {
    class: outcome.class,
    severity: countedSeverity({ ...state, ...counted }),
    openedAt: run.observedAt,
    beganAt: began,
    environment: account?.environment ?? null,
  }
  const deadlines = { dueAt: dueOf(run, dated), respondBy: respondBy(dated, run.duePolicy), respondedAt: null }
  const { team, owner } = applyRouting(run, { ...problem, ...state, class: outcome.class })
  return {
    accountId: outcome.accountId,
    id: first.item.findingId,
    class: outcome.class,
    control: problem.control,
    region: problem.region,
    resourceId: problem.resourceId,
    resourceName: resourceNameOf(problem.resourceId),
    packageName: packageOf(group, first),
    state: { ...state, status: side.status },
    ...counted,
    team,
    ownerId: owner?.id ?? null,
    dueAt: deadlines.dueAt,
    respondBy: deadlines.respondBy,
    overdue: isOverdue(side.status, deadlines, now()),
    firstSeenAt: run.observedAt,
    beganAt: began,
    resolvedAt: state.status === 'resolved' ? closedAt(run, group) : null,
    importId: run.importId,
    importLabel: label,
    exceptionId: side.exceptionId,
    beforeException: side.beforeException,
  }
}
