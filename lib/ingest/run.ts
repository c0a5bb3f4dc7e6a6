import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { Access } from '../access/proof'
import { now } from '../clock'
import { transaction } from '../db'
import { contentHashOf, findingIdOf, sightingIdOf } from '../domain/identity'
import { startsAs } from '../domain/lifecycle'
import type { Outcome } from '../domain/outcome'
import type { Reject } from '../domain/reject'
import { RejectedRecord } from '../domain/reject'
import { Environment, Team } from '../domain/team'
import { env } from '../env'
import { type RawRecord, RejectedDocument, readDocument } from '../sources/document'
import { outcomesOf } from '../sources/registry'
import { heardFeeds, knownFeeds } from '../store/feeds'
import { finishRun, type HeldBack, type ImportTask, payloadPieces, saveProgress, startRun } from '../store/import-runs'
import { discoverAccounts } from '../store/imports'
import { lockAccountsSql } from '../store/lock'
import type { IncomingOutcome } from '../store/sightings'
import { takeSnapshots } from '../store/snapshots'
import { type ClosingScope, closeAbsent } from './close-absent'
import { feedKey, type RunContext } from './context'
import { SeenSet } from './seen'
import { writeBatch } from './write-batch'

const inflated = promisify(inflate)
const breath = promisify(setImmediate)
const BATCH = 2000
const SLICE = 64
const PIECES_AHEAD = 3

/** Records on their way into one transaction. */
interface Batch {
  records: number
  items: IncomingOutcome[]
  rejects: ({ index: number } & Reject)[]
  checkpoint: number
  bytesRead: number
}

/**
 * Works one import off: reads the stored document, writes in batches, closes what a complete report lacks, and counts.
 * A run that died before goes on behind its last committed batch and ends as if undisturbed; the records before it are read
 * again only to know what the document contains. Returns false where there was nothing to do.
 */
export async function runImport(access: Access<'imports:write'>, id: number): Promise<boolean> {
  const task = await startRun(access, id)
  if (!task) return false
  await new ImportRun(access, task).work()
  return true
}

class ImportRun {
  readonly #task: ImportTask
  readonly #run: RunContext & { observedAtGiven: boolean }
  readonly #seen = new SeenSet()
  readonly #findings = new SeenSet()
  readonly #scopes = new Map<string, ClosingScope>()
  readonly #rejectedAccounts = new Set<string>()
  /** Feeds in which a complete report closed nothing. */
  readonly #held = new Set<string>()
  #rejectedAnywhere = false
  #bytesRead = 0
  #committed: number
  #waiting: Batch
  #writing: Promise<void> = Promise.resolve()

  constructor(access: Access<'imports:write'>, task: ImportTask) {
    this.#task = task
    this.#committed = task.checkpoint
    this.#waiting = { records: 0, items: [], rejects: [], checkpoint: task.checkpoint, bytesRead: 0 }
    this.#run = {
      access,
      importId: task.id,
      observedAt: task.observedAt,
      observedAtGiven: task.observedAtGiven,
      complete: task.coverage === 'complete',
      timeZone: env().HINOMI_TIME_ZONE,
      accounts: new Map(),
      titles: new Set(),
      feeds: new Map(),
    }
  }

  async work(): Promise<void> {
    const error = await this.#read()
    const heldBack = error || this.#task.coverage === 'partial' ? [] : await this.#close()
    await this.#finish(error, heldBack)
  }

  async #read(): Promise<Reject | null> {
    let error: Reject | null = null
    try {
      for await (const records of readDocument(this.#payload(), { batchSize: SLICE })) {
        for (const record of records) this.#take(record)
        if (this.#waiting.records >= BATCH) await this.#queue()
        // Parsing goes in slices, so that the database never waits for its next statement.
        await breath()
      }
    } catch (problem) {
      if (!(problem instanceof RejectedDocument)) throw problem
      error = { code: problem.code, params: problem.params }
    }
    if (this.#waiting.records > 0) await this.#queue()
    await this.#writing
    return error
  }

  /** Hands the waiting batch to the writer. Batches are written one after the other; two may wait, more would only fill memory. */
  async #queue(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = { records: 0, items: [], rejects: [], checkpoint: batch.checkpoint, bytesRead: 0 }
    batch.bytesRead = this.#bytesRead
    const before = this.#writing
    this.#writing = before.then(() => this.#write(batch))
    // A failure is thrown at the next await of the chain; this only keeps Node from ending the process before.
    this.#writing.catch(() => undefined)
    await before
  }

  /** The document's bytes. Pieces are inflated ahead, on other threads, while this one parses. */
  async *#payload(): AsyncGenerator<Buffer> {
    const ahead: Promise<Buffer>[] = []
    for await (const piece of payloadPieces(this.#run.access, this.#task.id)) {
      const bytes = inflated(piece)
      // Thrown where it is awaited below; this only keeps Node from ending the process before.
      bytes.catch(() => undefined)
      ahead.push(bytes)
      if (ahead.length > PIECES_AHEAD) yield* this.#next(ahead)
    }
    while (ahead.length > 0) yield* this.#next(ahead)
  }

  async *#next(ahead: Promise<Buffer>[]): AsyncGenerator<Buffer> {
    const bytes = await ahead.shift()
    if (!bytes) return
    this.#bytesRead += bytes.length
    yield bytes
  }

  #take(record: RawRecord): void {
    // What an earlier run committed is read again only for what the document contains.
    const replay = record.index < this.#task.checkpoint
    if (!replay) {
      this.#waiting.records++
      this.#waiting.checkpoint = record.index + 1
    }
    try {
      if ('reject' in record) throw new RejectedRecord(record.reject.code, record.reject.params, record.accountId)
      const outcomes = outcomesOf(record.value, {
        now: now(),
        ...(this.#task.source ? { source: this.#task.source } : {}),
      })
      const outside = outcomes.find(({ accountId }) => this.#task.allowed && !this.#task.allowed.includes(accountId))
      if (outside) throw new RejectedRecord('account_not_allowed', { account: outside.accountId }, outside.accountId)
      for (const outcome of outcomes) {
        const ids = { sightingId: sightingIdOf(outcome), findingId: findingIdOf(outcome) }
        const again = !this.#note(outcome, ids)
        if (replay) continue
        const contentHash = contentHashOf(outcome)
        const { offset: rawOffset, length: rawLength } = record
        this.#waiting.items.push({ outcome, ...ids, contentHash, rawOffset, rawLength, again })
      }
    } catch (problem) {
      if (!(problem instanceof RejectedRecord)) throw problem
      if (problem.accountId) this.#rejectedAccounts.add(problem.accountId)
      else this.#rejectedAnywhere = true
      if (!replay) this.#waiting.rejects.push({ index: record.index, code: problem.code, params: problem.params })
    }
  }

  /** Remembers that the document speaks of this sighting. False where it did so before. */
  #note(outcome: Outcome, { sightingId, findingId }: { sightingId: string; findingId: string }): boolean {
    if (startsAs(outcome.result)) this.#findings.add(outcome.accountId, findingId)
    const key = feedKey(outcome)
    const scope = this.#scopes.get(key)
    if (!scope) {
      const { accountId, source, product, updatedAt } = outcome
      this.#scopes.set(key, { accountId, source, product, lastCompleteAt: null, newest: updatedAt })
    } else if (outcome.updatedAt && (!scope.newest || outcome.updatedAt > scope.newest)) {
      scope.newest = outcome.updatedAt
    }
    return this.#seen.add(outcome.accountId, sightingId)
  }

  async #write({ records, items, rejects, checkpoint, bytesRead }: Batch): Promise<void> {
    const ids = [...new Set(items.map(item => item.outcome.accountId))].sort()
    await transaction(async client => {
      await client.query(lockAccountsSql, [ids])
      await this.#learn(client, ids, items)
      const moved = await writeBatch(this.#run, client, items)
      const progress = {
        ...moved,
        behind: this.#committed,
        checkpoint,
        bytesRead,
        read: records,
        accepted: records - rejects.length,
        rejected: rejects.length,
      }
      await saveProgress(this.#run.access, client, this.#task.id, progress, rejects)
    })
    this.#committed = checkpoint
  }

  /** Reads accounts and feeds that this batch meets for the first time. */
  async #learn(
    client: Parameters<typeof knownFeeds>[1],
    ids: string[],
    items: readonly IncomingOutcome[],
  ): Promise<void> {
    const { access, accounts, feeds } = this.#run
    const newAccounts = ids.filter(id => !accounts.has(id))
    if (newAccounts.length > 0) {
      for (const row of await discoverAccounts(access, client, newAccounts)) {
        const environment = Environment.safeParse(row.environment)
        accounts.set(row.id, { ownerTeam: Team.parse(row.ownerTeam), environment: environment.data ?? null })
      }
    }
    const fresh = new Map(
      items.filter(item => !feeds.has(feedKey(item.outcome))).map(item => [feedKey(item.outcome), item.outcome]),
    )
    if (fresh.size === 0) return
    for (const [key, { accountId, source, product }] of fresh) {
      feeds.set(key, { accountId, source, product, lastCompleteAt: null })
    }
    for (const feed of await knownFeeds(access, client, [...fresh.values()])) feeds.set(feedKey(feed), feed)
  }

  async #close(): Promise<HeldBack[]> {
    // A resumed run may have read every scope without writing to it.
    await transaction(async client => {
      const scopes = [...this.#scopes.values()]
      for (const scope of scopes) this.#run.feeds.set(feedKey(scope), scope)
      for (const feed of await knownFeeds(this.#run.access, client, scopes)) this.#run.feeds.set(feedKey(feed), feed)
      const ids = [...new Set(scopes.map(scope => scope.accountId))].sort()
      for (const row of await discoverAccounts(this.#run.access, client, ids)) {
        const environment = Environment.safeParse(row.environment)
        this.#run.accounts.set(row.id, { ownerTeam: Team.parse(row.ownerTeam), environment: environment.data ?? null })
      }
    })
    const heldBack: HeldBack[] = []
    for (const [key, scope] of this.#scopes) {
      const lastCompleteAt = this.#run.feeds.get(key)?.lastCompleteAt ?? null
      const reason =
        this.#rejectedAnywhere || this.#rejectedAccounts.has(scope.accountId)
          ? 'rejects'
          : await closeAbsent(this.#run, { ...scope, lastCompleteAt }, this.#seen)
      if (!reason) continue
      this.#held.add(key)
      const { accountId, source } = scope
      const told = heldBack.some(one => one.accountId === accountId && one.source === source && one.reason === reason)
      if (!told) heldBack.push({ accountId, source, reason })
    }
    const spokenOf = new Set([...this.#scopes.values()].map(scope => scope.accountId))
    for (const accountId of this.#rejectedAccounts) {
      const ours = !this.#task.allowed || this.#task.allowed.includes(accountId)
      if (ours && !spokenOf.has(accountId)) heldBack.push({ accountId, source: null, reason: 'rejects' })
    }
    return heldBack
  }

  async #finish(error: Reject | null, heldBack: readonly HeldBack[]): Promise<void> {
    const complete = !error && this.#task.coverage === 'complete'
    const feeds = [...this.#scopes.values()].map(scope => ({
      ...scope,
      complete: complete && !this.#held.has(feedKey(scope)),
    }))
    const accounts = [...new Set(feeds.map(feed => feed.accountId))].sort()
    await transaction(async client => {
      await heardFeeds(this.#run.access, client, { importId: this.#task.id, observedAt: this.#task.observedAt }, feeds)
      await finishRun(this.#run.access, client, this.#task.id, {
        error,
        reported: this.#findings.size,
        accounts,
        sources: [...new Set(feeds.map(feed => feed.source))].sort(),
        heldBack: [...heldBack],
        bytesRead: this.#bytesRead,
      })
    })
    await takeSnapshots(this.#run.access, accounts, this.#task.observedAt, this.#run.timeZone)
  }
}
