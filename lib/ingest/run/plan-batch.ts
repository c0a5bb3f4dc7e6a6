import { comparable, judge, startsAs } from '../../domain/findings/lifecycle'
import { unprovenHash } from '../../domain/identity/identity'
import { findingKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import type { SightingWrite } from '../../store/sightings/rows'
import type { FindingKey } from '../../store/sightings/settled-findings'
import type { IncomingOutcome, KnownSighting } from '../../store/sightings/sightings'
import type { LateFailure } from '../backdate/backdate'
import { besideProven, coveredByTags, isWithheld, leavesFinding, storedWithoutEffect } from '../settle/evidence'
import { completeTimes, type RunContext } from './context'

/** What is known of the outcomes of a batch before anything of it is written. */
export interface BatchFacts {
  /** Stored sightings. */
  known: ReadonlyMap<RowKey<'sighting'>, KnownSighting>
  /** Outcomes that a newer report is known to call passed, with since when. */
  over: ReadonlyMap<IncomingOutcome, Date>
}

/** What a batch will write, and the findings that depend on it. */
export class BatchPlan {
  readonly added: SightingWrite[] = []
  readonly replaced: SightingWrite[] = []
  /** Unchanged problems. */
  readonly reported: IncomingOutcome[] = []
  /** Unchanged ones of which the time is written. */
  readonly confirmed: IncomingOutcome[] = []
  /** Stored ones of which only the severity is raised. */
  readonly raised: IncomingOutcome[] = []
  readonly late: LateFailure[] = []
  /** Findings to bring in line. */
  readonly touched = new Map<RowKey<'finding'>, FindingKey>()
  /** Of those the ones that may be stored already. */
  readonly perhapsStored = new Set<RowKey<'finding'>>()
  /** The findings that the batch reports, and those that it calls a problem. */
  readonly told = { reported: new Set<RowKey<'finding'>>(), failing: new Set<RowKey<'finding'>>() }
  older = 0
  repeated = 0
  withheld = 0

  constructor(
    private readonly run: RunContext,
    private readonly facts: BatchFacts,
  ) {}

  /** Takes an outcome that may have an effect. */
  take(item: IncomingOutcome): void {
    const { run } = this
    const stored = this.stored(item)
    if (leavesFinding(run, item, stored)) {
      if (!item.again) this.withheld++
      return
    }
    const before = stored && comparable(stored, run.mayClose && item.outcome.result === 'failed')
    this.noteLate(item, before)
    if (before) this.compare(item, before)
    else this.add(item)
  }

  /** Takes an outcome of a sender who may not close findings that has no effect on any finding. */
  takeWithoutEffect(item: IncomingOutcome): void {
    const stored = this.stored(item)
    if (!item.again && isWithheld(item, stored)) this.withheld++
    const write = storedWithoutEffect(this.run, item, stored)
    if (write) (write.kind === 'added' ? this.added : this.replaced).push({ item, present: write.present })
  }

  /** Notes that the finding of an outcome has to be brought in line. */
  touch(item: IncomingOutcome): void {
    const { outcome, findingId: id } = item
    const key = findingKeyOf(item)
    if (!beginsFinding(this.run, item)) this.perhapsStored.add(key)
    this.touched.set(key, { accountId: outcome.accountId, id })
    if (startsAs(outcome.result)) this.told.reported.add(key)
    if (outcome.result === 'failed') this.told.failing.add(key)
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
  private isBehind(item: IncomingOutcome): boolean {
    const confirmedAt = this.confirmedAt(item)
    return confirmedAt !== null && this.run.observedAt < confirmedAt
  }

  /** A problem of the past: the finding may have begun before it is known to have. */
  private noteLate(item: IncomingOutcome, stored: KnownSighting | undefined): void {
    if (item.outcome.result !== 'failed') return
    const { over } = this.facts
    const past = stored && this.run.observedAt < (stored.goneAt ?? stored.observedAt)
    if (!past && !over.has(item) && !this.isBehind(item)) return
    const passed = stored?.result === 'passed' && !stored.unproven && stored.findingId === item.findingId
    this.late.push({ item, passedAt: over.get(item) ?? (passed ? stored.observedAt : null) })
  }

  private add(item: IncomingOutcome): void {
    const { mayClose } = this.run
    // A report older than the last complete one tells of what is known to be gone since.
    const present = !this.isBehind(item) && !this.facts.over.has(item)
    this.added.push({ item, present })
    if (!mayClose && !item.again && coveredByTags(this.run, item)) this.withheld++
    this.touch(item)
  }

  private compare(item: IncomingOutcome, stored: KnownSighting): void {
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
    const beside = verdict === 'older' ? null : besideProven(run, item, stored)
    if (beside) {
      if (beside.withheld && !again) this.withheld++
      if (beside.raises) {
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
      this.replaced.push({ item, present: true })
      this.touch(item)
      // Its class changed: the finding that it was of has one sighting less.
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
 * Whether nothing can be stored of the finding: nothing was of its account, and the document has not spoken of it before. What is known
 * of vulnerabilities moves with what is told of machine images.
 */
function beginsFinding(run: RunContext, { outcome, findingReported }: IncomingOutcome): boolean {
  return run.blank.get(outcome.accountId) === true && !findingReported && outcome.class !== 'vulnerability'
}

/**
 * Whether an unchanged record says that the thing still was so at a later time. Of complete reports the feed remembers it; of
 * others only the sighting can, or a report from in between that arrives late would overwrite it.
 */
function confirms(stored: KnownSighting, { outcome, contentHash }: IncomingOutcome, observedAt: Date): boolean {
  if (stored.contentHash !== contentHash) return false
  const { updatedAt } = outcome
  const newer = updatedAt !== null && (!stored.recordUpdatedAt || updatedAt > stored.recordUpdatedAt)
  return newer || observedAt > stored.observedAt
}
