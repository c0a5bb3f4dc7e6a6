import { promisify } from 'node:util'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import type { Reject } from '../../domain/imports/reject'
import { RejectedRecord } from '../../domain/imports/reject'
import { type RawRecord, RejectedDocument, readDocument } from '../../sources/reader/document'
import { feedsOf } from '../../store/feeds/feeds'
import { resourceRegions } from '../../store/feeds/resource-regions'
import { discoverAccounts } from '../../store/imports/receive'
import { type ImportTask, saveProgress, startRun } from '../../store/imports/runs'
import { machineImages } from '../../store/merges/machine-images'
import { findingSplits } from '../../store/merges/splits'
import { pullBackFutureTimes } from '../../store/sightings/future-times'
import { confirmPresent } from '../close/close-absent'
import { type Closed, closeReport, nothingClosed, rejectedAccount } from '../close/close-report'
import { type Beside, namesNoRegion, parseRecord } from '../read/parse-record'
import { inflatedPieces } from '../read/payload'
import { sightingsOfDocument } from '../read/whole-document'
import { NeedsDocument } from '../settle/continue-findings'
import type { Fact } from '../unchanged-records/known-records'
import { CannotRecall, RunMemory } from '../unchanged-records/run-memory'
import { skipUnchanged } from '../unchanged-records/skip-unchanged'
import { accountTransaction } from './account-transaction'
import { Batch } from './batch'
import { addCounts, feedKey, type RunContext, scopeOf, toKnown } from './context'
import { currentDecisions } from './decisions'
import { finishReport } from './finish-report'
import { learnFeeds } from './learn-feeds'
import { learnTitles } from './learn-titles'
import { listsResources, ReportContents } from './report-contents'
import { type RunOptions, startContext } from './start-context'
import { writeBatch } from './write-batch'

const yieldToEventLoop = promisify(setImmediate)
const SLICE = 16

/**
 * Runs one import: reads the stored document, writes in batches, resolves what a complete report lacks, and counts. A run that died
 * continues after its last batch and ends as if undisturbed. Returns false where there was nothing to do.
 */
export async function runImport(access: JobAccess, id: number, options: RunOptions = {}): Promise<boolean> {
  const task = await startRun(access, id, options)
  if (!task) return false
  try {
    await new ImportRun(access, task, { recall: true, ...options }).work()
  } catch (problem) {
    if (!(problem instanceof CannotRecall)) throw problem
    const again = await startRun(access, id, { counted: false })
    if (again) await new ImportRun(access, again, { recall: false, ...options }).work()
  }
  return true
}

class ImportRun {
  readonly #task: ImportTask
  readonly #run: RunContext
  readonly #memory: RunMemory
  readonly #contents = new ReportContents()
  readonly #rejectedAccounts = new Set<string>()
  #rejectedAnywhere = false
  #beside: Beside
  #bytesRead = 0
  #committed: number
  #waiting: Batch
  #writing: Promise<void> = Promise.resolve()

  constructor(access: JobAccess, task: ImportTask, options: RunOptions & { recall: boolean }) {
    this.#task = task
    this.#committed = task.checkpoint
    this.#waiting = new Batch(task.checkpoint)
    this.#run = startContext(access, task, options.onProgress)
    this.#beside = { splits: new Map(), images: new Map(), places: this.#run.places, regions: null }
    this.#memory = new RunMemory(this.#run, task, options)
  }

  async work(): Promise<void> {
    const { access, lane } = this.#run
    await pullBackFutureTimes(access, this.#task.arrivedAt, lane)
    this.#run.images = new Map(await machineImages(access, lane))
    this.#beside.splits = await findingSplits(access, lane)
    this.#beside.images = new Map(this.#run.images)
    Object.assign(this.#run, await currentDecisions(this.#run))
    const error = await this.#read()
    const complete = !error && this.#task.coverage === 'complete'
    const closed = complete ? await this.#close() : nothingClosed(this.#contents)
    if (this.#task.coverage === 'complete') await this.#confirm(closed)
    await finishReport(this.#run, this.#task, this.#contents, closed, { error, bytesRead: this.#bytesRead })
  }

  async #read(): Promise<Reject | null> {
    let error: Reject | null = null
    try {
      const { recognise } = this.#memory
      for await (const records of readDocument(this.#payload(), {
        batchSize: SLICE,
        recognise,
        csv: this.#task.mapping !== null,
      })) {
        const { account, region } = this.#task
        if (account && !region && !this.#beside.regions && records.some(namesNoRegion))
          this.#beside.regions = await resourceRegions(this.#run.access, account)
        for (const record of records) this.#take(record)
        await this.#memory.learn(this.#contents.scopes)
        if (this.#waiting.full) await this.#queue()
        // Parsing goes in slices, so that the database never waits for its next statement.
        await yieldToEventLoop()
      }
    } catch (problem) {
      if (!(problem instanceof RejectedDocument)) {
        // Who takes the run up again goes on behind what this one has committed by then.
        await Promise.allSettled([this.#writing])
        throw problem
      }
      error = { code: problem.code, params: problem.params }
    }
    if (this.#waiting.records > 0) await this.#queue()
    await this.#writing
    return error
  }

  /** Hands the waiting batch to the writer. Batches are written one after the other; two may wait, more would only fill memory. */
  async #queue(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = new Batch(batch.checkpoint)
    batch.bytesRead = this.#bytesRead
    const before = this.#writing
    this.#writing = before.then(() => this.#write(batch))
    // A failure is thrown at the next await of the chain; this only keeps Node from ending the process before.
    this.#writing.catch(() => undefined)
    await before
  }

  /** The document's bytes. */
  async *#payload(): AsyncGenerator<Buffer> {
    for await (const bytes of inflatedPieces(this.#run.access, this.#run.payloadId)) {
      this.#bytesRead += bytes.length
      yield bytes
    }
  }

  #take(record: RawRecord): void {
    // What an earlier run committed is read again only for what the document contains.
    const replay = record.index < this.#task.checkpoint
    if (!replay) this.#waiting.begin(record.index)
    if ('known' in record) {
      this.#recall(record.digest, this.#memory.recalled(record.known), replay)
      return
    }
    try {
      if ('reject' in record) throw new RejectedRecord(record.reject.code, record.reject.params, record.accountId)
      const told = parseRecord(record, this.#task, this.#beside)
      for (const { item, fact } of told) {
        item.findingReported = this.#contents.findings.has(...fact.finding)
        item.again = !this.#contents.note(fact, listsResources(item.outcome))
      }
      if (!replay) this.#waiting.add(record.digest, told)
    } catch (problem) {
      if (!(problem instanceof RejectedRecord)) throw problem
      this.#noteReject(problem)
      if (!replay) this.#waiting.reject({ index: record.index, code: problem.code, params: problem.params })
    }
  }

  /**
   * What was refused may hide what a complete report contains; what is of no AWS account, of another source, or said elsewhere, leaves
   * nothing unknown.
   */
  #noteReject({ code, accountId }: RejectedRecord): void {
    if (code === 'echo' || code === 'check_list' || code === 'other_cloud' || code === 'source_not_allowed') return
    if (accountId) this.#rejectedAccounts.add(accountId)
    else this.#rejectedAnywhere = true
  }

  #recall(digest: string, facts: Fact[], replay: boolean): void {
    for (const fact of facts) {
      // Which of two records about one thing counts is decided by what they say, and this one was not read.
      if (!this.#contents.note(fact)) throw new CannotRecall(`the document speaks again of a sighting of ${fact.feed}`)
    }
    if (!replay) this.#waiting.recall(digest, facts)
  }

  async #write(batch: Batch): Promise<void> {
    try {
      await this.#writeOnce(batch)
    } catch (problem) {
      if (!(problem instanceof NeedsDocument)) throw problem
      this.#run.document = await sightingsOfDocument(this.#run, this.#task, this.#beside)
      // What the broken transaction noted of machine images is not in the database.
      this.#run.images = new Map(await machineImages(this.#run.access, this.#run.lane))
      await this.#writeOnce(batch)
    }
  }

  async #writeOnce(batch: Batch): Promise<void> {
    const ids = batch.accounts()
    await learnTitles(this.#run, batch.items)
    await accountTransaction(this.#run, ids, async client => {
      await this.#learn(client, ids, batch)
      const { moved, agreed } = await writeBatch(this.#run, client, batch.items, this.#beside.splits)
      const progress = {
        ...addCounts(moved, await skipUnchanged(this.#run, client, batch.recalled)),
        behind: this.#committed,
        checkpoint: batch.checkpoint,
        bytesRead: batch.bytesRead,
        read: batch.records,
        accepted: batch.records - batch.rejects.length,
        rejected: batch.rejects.length,
      }
      await saveProgress(this.#run.access, client, this.#task.id, progress, batch.rejects)
      await this.#memory.save(client, batch.checkpoint, batch.remember(agreed))
    })
    this.#committed = batch.checkpoint
    this.#run.onProgress()
  }

  /** Reads accounts and feeds that this batch meets for the first time. */
  async #learn(client: PoolClient, ids: string[], batch: Batch): Promise<void> {
    const { access, accounts, feeds } = this.#run
    const newAccounts = ids.filter(id => !accounts.has(id))
    if (newAccounts.length > 0) {
      for (const row of await discoverAccounts(access, client, newAccounts)) accounts.set(row.id, toKnown(row))
    }
    const fresh = batch.feeds().filter(feed => !feeds.has(feed))
    await this.#memory.hold(client, fresh, batch.recalledFeeds())
    if (fresh.length === 0) return
    await learnFeeds(this.#run, client, fresh.map(scopeOf))
  }

  async #close(): Promise<Closed> {
    // A resumed run may have read every scope without writing to it.
    await transaction(async client => {
      for (const feed of await this.#silentFeeds(client)) this.#contents.expect(feedKey(feed))
      const scopes = [...this.#contents.scopes.values()]
      const { access, accounts } = this.#run
      await learnFeeds(this.#run, client, scopes)
      const ids = [...new Set(scopes.map(scope => scope.accountId))].sort()
      for (const row of await discoverAccounts(access, client, ids)) accounts.set(row.id, toKnown(row))
    })
    const refused = (accountId: string) => this.#rejectedAnywhere || this.#rejectedAccounts.has(accountId)
    const closed = await closeReport(this.#run, this.#task, this.#contents, refused)
    const spokenOf = new Set([...this.#contents.scopes.values()].map(scope => scope.accountId))
    for (const accountId of this.#rejectedAccounts) {
      const ours = !this.#task.allowed || this.#task.allowed.includes(accountId)
      if (ours && !spokenOf.has(accountId)) closed.heldBack.push(rejectedAccount(accountId))
    }
    return closed
  }

  /** Where the sender names source and account, a report in which nothing is left of one of their feeds says so too. */
  async #silentFeeds(client: PoolClient) {
    const { source, account, allowed } = this.#task
    if (!source || !account || (allowed && !allowed.includes(account))) return []
    const feeds = await feedsOf(this.#run.access, client, account, source)
    return feeds.filter(feed => !this.#contents.scopes.has(feedKey(feed)))
  }

  /** What the feed will not remember, since the report does not count as complete, each sighting has to. */
  async #confirm({ unremembered }: Closed): Promise<void> {
    for (const [key, scope] of this.#contents.scopes) {
      if (unremembered.has(key)) await confirmPresent(this.#run, scope, this.#contents.sightings)
    }
  }
}
