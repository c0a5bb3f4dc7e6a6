import type { PoolClient } from 'pg'
import { now } from '../clock'
import { dueAt } from '../domain/due'
import { judge, settle, startsAs, supersedes } from '../domain/lifecycle'
import { isBuilt } from '../domain/one-fix'
import { reportsByControl } from '../domain/outcome'
import { resourceNameOf } from '../domain/resource-name'
import { type Routable, routeTo } from '../domain/routing'
import { severityRank, toSeverity } from '../domain/severity'
import { isOpen } from '../domain/status'
import type { Team } from '../domain/team'
import { closedByHand } from '../store/closed-by-hand'
import { noteTitles } from '../store/control-titles'
import { MAX_PACKAGES } from '../store/package-names'
import { ownerIn } from '../store/routing-owners'
import { addFindings, type FindingKey, type NewFinding } from '../store/settled-findings'
import {
  addSightings,
  confirmSightings,
  type IncomingOutcome,
  type KnownSighting,
  knownSightings,
  replaceSightings,
  type SightingWrite,
} from '../store/sightings'
import { feedKey, type Moved, type RunContext } from './context'
import { coveredSide } from './covering'
import { joinImages } from './join-images'
import { settleFindings } from './settle-findings'

/**
 * Writes one batch of outcomes inside the caller's transaction, which holds the lock of their accounts: only what is new or
 * changed is written. Returns what moved, and the outcomes that the database now agrees with.
 */
export async function writeBatch(
  run: RunContext,
  client: PoolClient,
  items: readonly IncomingOutcome[],
  splits: ReadonlyMap<string, string>,
): Promise<{ moved: Moved; agreed: ReadonlySet<IncomingOutcome> }> {
  const batch = withoutTwins(items)
  await joinImages(run, client, batch, splits)
  const known = await knownSightings(run.access, client, batch)
  const added: SightingWrite[] = []
  const replaced: SightingWrite[] = []
  const touched = new Map<string, FindingKey>()
  const reported: IncomingOutcome[] = []
  const confirmed: IncomingOutcome[] = []
  const agreed = new Set<IncomingOutcome>()
  const told = { reported: new Set<string>(), failing: new Set<string>() }
  const touch = ({ outcome: { accountId, result }, findingId: id }: IncomingOutcome) => {
    const key = `${accountId}/${id}`
    touched.set(key, { accountId, id })
    if (startsAs(result)) told.reported.add(key)
    if (result === 'failed') told.failing.add(key)
  }
  for (const item of batch) {
    const { outcome } = item
    const stored = known.get(`${outcome.accountId}/${item.sightingId}`)
    const confirmedAt = run.feeds.get(feedKey(outcome))?.lastCompleteAt ?? null
    if (!stored) {
      // A report older than the last complete one tells of what is known to be gone since.
      const present = !confirmedAt || run.observedAt >= confirmedAt
      added.push({ item, present })
      if (present) agreed.add(item)
      touch(item)
      continue
    }
    const { contentHash, again } = item
    const incoming = { contentHash, again, result: outcome.result, recordUpdatedAt: outcome.updatedAt }
    const verdict = judge(stored, incoming, { observedAt: run.observedAt, confirmedAt })
    const moves = stored.findingId !== item.findingId
    if (verdict !== 'older') agreed.add(item)
    if (verdict === 'write' || (moves && verdict === 'unchanged' && outcome.result === stored.result)) {
      replaced.push({ item, present: true })
      touch(item)
      // Its class changed: the finding that it was of has one sighting less.
      if (moves)
        touched.set(`${outcome.accountId}/${stored.findingId}`, { accountId: outcome.accountId, id: stored.findingId })
    } else if (verdict === 'unchanged') {
      if (outcome.result === 'failed') reported.push(item)
      const whole = run.complete && !reportsByControl(outcome.source)
      if (!whole && confirms(stored, item, run.observedAt)) confirmed.push(item)
    }
  }
  if (reported.length > 0) {
    const byHand = await closedByHand(
      run.access,
      client,
      reported.map(item => ({ accountId: item.outcome.accountId, id: item.findingId })),
    )
    for (const item of reported) {
      if (byHand.has(`${item.outcome.accountId}/${item.findingId}`)) touch(item)
    }
  }
  await learnTitles(run, client, [...added, ...replaced])
  await addSightings(run.access, client, run, added)
  await replaceSightings(run.access, client, run, replaced)
  await confirmSightings(run.access, client, run, confirmed)
  const { moved, missing } = await settleFindings(run, client, [...touched.values()], told)
  moved.created = await createFindings(run, client, missing, [...added, ...replaced])
  moved.passed = batch.filter(item => item.outcome.result === 'passed' && !item.again).length
  return { moved, agreed }
}

/**
 * Whether an unchanged record says that the thing still was so at a later time. Of complete reports the feed remembers it; of
 * others only the sighting can, or a report from in between that arrives late would overwrite it.
 */
function confirms(stored: KnownSighting, { outcome, contentHash }: IncomingOutcome, observedAt: Date): boolean {
  if (stored.contentHash !== contentHash) return false
  if (!outcome.updatedAt) return observedAt > stored.observedAt
  return !stored.recordUpdatedAt || outcome.updatedAt > stored.recordUpdatedAt
}

/** Titles that this run meets for the first time. */
async function learnTitles(run: RunContext, client: PoolClient, writes: readonly SightingWrite[]): Promise<void> {
  const fresh = new Map<string, { control: string; title: string }>()
  for (const { item } of writes) {
    const { title, result } = item.outcome
    const { control } = item.problem
    const key = `${control}\u0000${title}`
    if (result !== 'passed' && !run.titles.has(key)) fresh.set(key, { control, title })
  }
  await noteTitles(run.access, client, [...fresh.values()])
  // Threats carry a title each: what is known is bounded, and a title noted twice is harmless.
  if (run.titles.size > 20_000) run.titles.clear()
  for (const key of fresh.keys()) run.titles.add(key)
}

/** Of records with one identity the one that counts; it was said again only where the first of them was. */
function withoutTwins(items: readonly IncomingOutcome[]): IncomingOutcome[] {
  const best = new Map<string, IncomingOutcome>()
  for (const item of items) {
    const key = `${item.outcome.accountId}/${item.sightingId}`
    const other = best.get(key)
    if (!other) best.set(key, item)
    else if (supersedes(item.outcome, other.outcome)) best.set(key, { ...item, again: other.again })
  }
  return [...best.values()]
}

async function createFindings(
  run: RunContext,
  client: PoolClient,
  missing: readonly FindingKey[],
  writes: readonly SightingWrite[],
): Promise<number> {
  if (missing.length === 0) return 0
  const wanted = new Set(missing.map(key => `${key.accountId}/${key.id}`))
  const groups = new Map<string, SightingWrite[]>()
  for (const write of writes) {
    const key = `${write.item.outcome.accountId}/${write.item.findingId}`
    if (!wanted.has(key) || startsAs(write.item.outcome.result) === null) continue
    const group = groups.get(key)
    if (group) group.push(write)
    else groups.set(key, [write])
  }
  const findings: NewFinding[] = []
  for (const group of groups.values()) {
    const finding = toFinding(run, group)
    if (finding) findings.push(finding)
  }
  await addFindings(run.access, client, findings)
  return findings.length
}

const dueDates = new Map<string, Date | null>()

function dueOf(run: RunContext, severity: number, environment: Parameters<typeof dueAt>[2]): Date | null {
  const key = `${run.importId}/${run.observedAt.getTime()}/${severity}/${environment}/${run.timeZone}/${run.versions}`
  let due = dueDates.get(key)
  if (due === undefined) {
    if (dueDates.size > 100) dueDates.clear()
    due = dueAt(toSeverity(severity), run.observedAt, environment, run.timeZone, run.duePolicy)
    dueDates.set(key, due)
  }
  return due
}

/** Team and owner of a new finding; an owner only where that person may see the account. */
function routed(
  run: RunContext,
  { accountId, control }: { accountId: string; control: string },
  finding: Pick<Routable, 'class' | 'severity' | 'sources'>,
): { team: Team; ownerId: string | null } {
  const account = run.accounts.get(accountId)
  const { team, owner } = routeTo(
    {
      environment: account?.environment ?? null,
      tags: account?.tags ?? {},
      ownerTeam: account?.ownerTeam ?? 'sre',
      class: finding.class,
      severity: finding.severity,
      sources: finding.sources,
      accountId,
      control,
    },
    run.routing,
  )
  return { team, ownerId: ownerIn(run.owners, owner, accountId)?.id ?? null }
}

/** The packages of one fix, as namePackages names them. */
function packagesOf(group: readonly SightingWrite[]): string {
  const failing = group.filter(({ item, present }) => present && item.outcome.result === 'failed')
  const names = new Set((failing.length > 0 ? failing : group).map(({ item }) => item.outcome.packageName))
  return [...names].filter(Boolean).sort().join(', ').slice(0, MAX_PACKAGES)
}

function toFinding(run: RunContext, group: readonly SightingWrite[]): NewFinding | null {
  const first = group[0]
  if (!first) return null
  const { outcome, problem } = first.item
  const severity = severityRank(outcome.severity)
  const { state } = settle(
    {
      status: 'new',
      severity,
      title: outcome.title,
      resourceType: outcome.resource.type,
      sources: [...new Set(group.map(({ item }) => item.outcome.source))].sort(),
      resolvedReason: null,
    },
    group.map(({ item, present }) => ({
      id: item.sightingId,
      source: item.outcome.source,
      result: item.outcome.result,
      present,
      severity: severityRank(item.outcome.severity),
      title: item.outcome.title,
      resourceType: item.outcome.resource.type,
      tags: item.outcome.tags ?? null,
    })),
  )
  const account = run.accounts.get(outcome.accountId)
  const side = coveredSide(
    run,
    {
      accountId: outcome.accountId,
      id: first.item.findingId,
      control: problem.control,
      resourceId: problem.resourceId,
    },
    { status: state.status, exceptionId: null, beforeException: null },
    { severity: state.severity, tags: group.flatMap(({ item }) => (item.outcome.tags ? [item.outcome.tags] : [])) },
  )
  const due = dueOf(run, state.severity, account?.environment ?? null)
  const open = isOpen(side.status)
  return {
    accountId: outcome.accountId,
    id: first.item.findingId,
    class: outcome.class,
    control: problem.control,
    region: problem.region,
    resourceId: problem.resourceId,
    resourceName: resourceNameOf(problem.resourceId),
    packageName:
      outcome.class === 'vulnerability' && isBuilt(problem.resourceId) ? packagesOf(group) : outcome.packageName,
    state: { ...state, status: side.status },
    ...routed(run, problem, { class: outcome.class, severity: state.severity, sources: state.sources }),
    dueAt: due,
    overdue: open && due !== null && due < now(),
    firstSeenAt: run.observedAt,
    resolvedAt: state.status === 'resolved' ? run.observedAt : null,
    importId: run.importId,
    exceptionId: side.exceptionId,
    beforeException: side.beforeException,
  }
}
