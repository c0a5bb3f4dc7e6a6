import { comparable, judge } from '../../domain/findings/judge'
import { startsAs } from '../../domain/findings/lifecycle'
import { unprovenHash } from '../../domain/identity/identity'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import type { SightingWrite } from '../../store/sightings/rows'
import type { FindingKey } from '../../store/sightings/settled-findings'
import type { IncomingOutcome, KnownSighting } from '../../store/sightings/sightings'
import type { BackdatedFailure } from '../backdate/backdate'
import { coveredByTags, effectOnProven, isWithheld, leavesFinding, storedWithoutEffect } from '../settle/evidence'
import { completeTimes, type RunContext } from './context'

/** Facts about the outcomes of a batch before anything of it is written. */
export interface BatchFacts {
  /** Stored sightings. */
  known: ReadonlyMap<RowKey<'sighting'>, KnownSighting>
  /** Outcomes that a newer report shows as passed, with its time. */
  passedSince: ReadonlyMap<IncomingOutcome, Date>
}

/** The writes of a batch, and the findings that depend on them. */
export class BatchPlan {
  readonly added: SightingWrite[] = []
  readonly replaced: SightingWrite[] = []
  /** Unchanged problems. */
  readonly reported: IncomingOutcome[] = []
  /** Unchanged ones whose time is updated. */
  readonly confirmed: IncomingOutcome[] = []
  /** Stored ones whose severity alone is raised. */
  readonly raised: IncomingOutcome[] = []
  readonly backdated: BackdatedFailure[] = []
  /** Findings to settle. */
  readonly touched = new Map<RowKey<'finding'>, FindingKey>()
  /** Those of them that may be stored already. */
  readonly perhapsStored = new Set<RowKey<'finding'>>()
  /** The findings that the batch reports, and those that it reports as failed. */
  readonly reportedFindings = { reported: new Set<RowKey<'finding'>>(), failing: new Set<RowKey<'finding'>>() }
  older = 0
  repeated = 0
  withheld = 0

  constructor(
    private readonly run: RunContext,
    private readonly facts: BatchFacts,
  ) {}

  /** Plans an outcome that may have an effect. */
  add(item: IncomingOutcome): void {
    const { run } = this
    const stored = this.stored(item)
    if (leavesFinding(run, item, stored)) {
      if (!item.again) this.withheld++
      return
    }
    const before = stored && comparable(stored, run.mayClose && item.outcome.result === 'failed')
    this.planBackdated(item, before)
    if (before) this.planKnown(item, before)
    else this.planNew(item)
  }

  /** Plans an outcome that has no effect on findings because its sender may not close them. */
  addWithoutEffect(item: IncomingOutcome): void {
    const stored = this.stored(item)
    if (!item.again && isWithheld(item, stored)) this.withheld++
    const write = storedWithoutEffect(this.run, item, stored)
    if (write) (write.kind === 'added' ? this.added : this.replaced).push({ item, present: write.present })
  }

  /** Marks the finding of an outcome to be settled. */
  touch(item: IncomingOutcome): void {
    const { outcome, findingId: id } = item
    const key = findingKeyOf(item)
    if (!beginsFinding(this.run, item)) this.perhapsStored.add(key)
    this.touched.set(key, { accountId: outcome.accountId, id })
    if (startsAs(outcome.result)) this.reportedFindings.reported.add(key)
    if (outcome.result === 'failed' && !outcome.echo) this.reportedFindings.failing.add(key)
  }

  touchStored(finding: FindingKey): void {
    const key = findingKey(finding.accountId, finding.id)
    this.touched.set(key, finding)
    this.perhapsStored.add(key)
  }

  private stored(item: IncomingOutcome): KnownSighting | undefined {
    return this.facts.known.get(sightingKey(item.outcome.accountId, item.sightingId))
  }

  private confirmedAt({ outcome, place }: IncomingOutcome): Date | null {
    return completeTimes(this.run, outcome, place)?.lastCompleteAt ?? null
  }

  /** Whether the report is older than the last complete one of the feed. */
  private isBackdated(item: IncomingOutcome): boolean {
    const confirmedAt = this.confirmedAt(item)
    return confirmedAt !== null && this.run.observedAt < confirmedAt
  }

  /** A problem of the past: the finding may have begun earlier than stored. */
  private planBackdated(item: IncomingOutcome, stored: KnownSighting | undefined): void {
    if (item.outcome.result !== 'failed') return
    const { passedSince } = this.facts
    const past = stored && this.run.observedAt < (stored.goneAt ?? stored.observedAt)
    if (!past && !passedSince.has(item) && !this.isBackdated(item)) return
    const passed = stored?.result === 'passed' && !stored.unproven && stored.findingId === item.findingId
    this.backdated.push({ item, passedAt: passedSince.get(item) ?? (passed ? stored.observedAt : null) })
  }

  private planNew(item: IncomingOutcome): void {
    const { mayClose } = this.run
    // A problem in a report older than the last complete one is gone since.
    const present = !this.isBackdated(item) && !this.facts.passedSince.has(item)
    this.added.push({ item, present })
    if (!mayClose && !item.again && coveredByTags(this.run, item)) this.withheld++
    this.touch(item)
  }

  private planKnown(item: IncomingOutcome, stored: KnownSighting): void {
    const { run } = this
    const { outcome, again } = item
    const moves = stored.findingId !== item.findingId
    const proven = run.mayClose || !stored.unproven
    const contentHash = proven ? item.contentHash : unprovenHash(item.contentHash)
    const { result, updatedAt: recordUpdatedAt, eventAt = null } = outcome
    const verdict = judge(
      stored,
      { contentHash, again, result, recordUpdatedAt, eventAt },
      { observedAt: run.observedAt, confirmedAt: this.confirmedAt(item) },
    )
    const effect = verdict === 'older' ? null : effectOnProven(run, item, stored)
    if (effect) {
      if (effect.withheld && !again) this.withheld++
      if (effect.raises) {
        this.raised.push(item)
        this.touch(item)
      } else this.reported.push(item)
      return
    }
    const written = verdict === 'write' || (moves && verdict === 'unchanged' && result === stored.result)
    if (!run.mayClose && (written || !proven) && !again && coveredByTags(run, item)) this.withheld++
    if (verdict === 'older') {
      if (again) this.repeated++
      else this.older++
    }
    if (written) {
      const passed = stored.present && stored.result === 'passed' && !stored.unproven
      this.replaced.push({ item, present: true, ...(passed && { passedAt: stored.observedAt }) })
      this.touch(item)
      // Its class changed: its former finding has one sighting less.
      if (moves) this.touchStored({ accountId: outcome.accountId, id: stored.findingId })
    } else if (verdict === 'unchanged') {
      if (result === 'failed') this.reported.push(item)
      if (!run.complete && confirms(stored, { ...item, contentHash }, run.observedAt)) this.confirmed.push(item)
    }
  }
}

export function findingKeyOf({ outcome, findingId }: IncomingOutcome): RowKey<'finding'> {
  return findingKey(outcome.accountId, findingId)
}

/**
 * Whether the finding cannot be stored yet: its account was empty, and no earlier record of the document is of it. Not for
 * vulnerabilities, whose findings may change with machine images.
 */
function beginsFinding(run: RunContext, { outcome, findingReported }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !findingReported && outcome.class !== 'vulnerability'
}

/**
 * Whether an unchanged record confirms its sighting at a later time. For complete reports the feed records the time; for others the
 * sighting has to, or a report from in between that arrives later would overwrite it.
 */
function confirms(stored: KnownSighting, { outcome, contentHash }: IncomingOutcome, observedAt: Date): boolean {
  if (stored.contentHash !== contentHash) return false
  const { updatedAt } = outcome
  const newer = updatedAt !== null && (!stored.recordUpdatedAt || updatedAt > stored.recordUpdatedAt)
  return newer || observedAt > stored.observedAt
}
