import { promisify } from 'node:util'
import type { PoolClient } from 'pg'
import type { Access } from '../../access/proof'
import { transaction } from '../../db'
import type { Reject } from '../../domain/imports/reject'
import { RejectedRecord } from '../../domain/imports/reject'
import { type RawRecord, RejectedDocument, readDocument } from '../../sources/reader/document'
import { reopenNamed } from '../../store/accounts/closing'
import { feedsOf, heardControls, heardFeeds, keepReferences, knownControls, knownFeeds } from '../../store/feeds/feeds'
import { resourceRegions } from '../../store/feeds/resource-regions'
import { discoverAccounts } from '../../store/imports/receive'
import { finishRun, type ImportTask, saveProgress, startRun } from '../../store/imports/runs'
import { machineImages } from '../../store/merges/machine-images'
import { findingSplits } from '../../store/merges/splits'
import { pullBackFutureTimes } from '../../store/sightings/future-times'
import { forgetKnownPieces } from '../../store/sightings/known-records'
import { noteDays } from '../backdate/note-days'
import { confirmSeen } from '../close/close-absent'
import { type Closed, closeReport, nothingClosed, rejectedAccount } from '../close/close-report'
import { NeedsDocument } from '../settle/continue-findings'
import type { Fact } from '../unchanged-records/known-records'
import { CannotRecall, RunMemory } from '../unchanged-records/run-memory'
import { takeAsRead } from '../unchanged-records/skip-unchanged'
import { heldTransaction, holdingAccounts } from './account-transaction'
import { Batch } from './batch'
import { addMoved, feedKey, partKey, type RunContext, type Scope, scopeOf, toKnown, unheard } from './context'
import { decisionsNow } from './decisions'
import { type Beside, namesNoRegion, parseRecord } from './parse-record'
import { inflatedPieces } from './payload'
import { Heard, listsResources } from './report-contents'
import { type RunOptions, startContext } from './start-context'
import { sightingsOfDocument } from './whole-document'
import { writeBatch } from './write-batch'

const breath = promisify(setImmediate)
const SLICE = 16

/**
 * Runs one import: reads the stored document, writes in batches, resolves what a complete report lacks, and counts. A run that died
 * continues after its last batch and ends as if undisturbed. Returns false where there was nothing to do.
 */
export async function runImport(
  access: Access<'imports:write'>,
  id: number,
  options: RunOptions = {},
): Promise<boolean> {
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
  readonly #heard = new Heard()
  readonly #rejectedAccounts = new Set<string>()
  #rejectedAnywhere = false
  #beside: Beside
  #bytesRead = 0
  #committed: number
  #waiting: Batch
  #writing: Promise<void> = Promise.resolve()

  constructor(access: Access<'imports:write'>, task: ImportTask, options: RunOptions & { recall: boolean }) {
    this.#task = task
    this.#committed = task.checkpoint
    this.#waiting = new Batch(task.checkpoint)
    this.#run = startContext(access, task, options.onProgress)
    this.#beside = { splits: new Map(), images: new Map(), places: this.#run.places, regions: null }
    this.#memory = new RunMemory(this.#run, task, options)
  }

  async work(): Promise<void> {
    await pullBackFutureTimes(this.#run.access, this.#task.arrivedAt)
    this.#run.images = new Map(await machineImages(this.#run.access))
    this.#beside.splits = await findingSplits(this.#run.access)
    this.#beside.images = new Map(this.#run.images)
    Object.assign(this.#run, await decisionsNow(this.#run.access))
    const error = await this.#read()
    const complete = !error && this.#task.coverage === 'complete'
    const closed = complete ? await this.#close() : nothingClosed(this.#heard)
    if (this.#task.coverage === 'complete') await this.#confirm(closed)
    await this.#finish(error, closed)
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
        await this.#memory.learn(this.#heard.scopes)
        if (this.#waiting.full) await this.#queue()
        // Parsing goes in slices, so that the database never waits for its next statement.
        await breath()
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
        item.findingTold = this.#heard.findings.has(...fact.finding)
        item.again = !this.#heard.note(fact, listsResources(item.outcome))
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
      if (!this.#heard.note(fact)) throw new CannotRecall(`the document speaks again of a sighting of ${fact.feed}`)
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
      this.#run.images = new Map(await machineImages(this.#run.access))
      await this.#writeOnce(batch)
    }
  }

  async #writeOnce(batch: Batch): Promise<void> {
    const ids = batch.accounts()
    await holdingAccounts(this.#run, ids, async client => {
      await this.#learn(client, ids, batch)
      const { moved, agreed } = await writeBatch(this.#run, client, batch.items, this.#beside.splits)
      const progress = {
        ...addMoved(moved, await takeAsRead(this.#run, client, batch.recalled)),
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
    await this.#knowFeeds(client, fresh.map(scopeOf))
  }

  async #knowFeeds(client: PoolClient, scopes: readonly Scope[]): Promise<void> {
    const { access, feeds, controls, observedAt } = this.#run
    for (const scope of scopes) feeds.set(feedKey(scope), unheard(scope))
    for (const feed of await knownFeeds(access, client, observedAt, scopes)) feeds.set(feedKey(feed), feed)
    for (const each of await knownControls(access, client, observedAt, scopes))
      controls.set(partKey(each, each.control), each)
  }

  async #close(): Promise<Closed> {
    // A resumed run may have read every scope without writing to it.
    await transaction(async client => {
      for (const feed of await this.#silentFeeds(client)) this.#heard.expect(feedKey(feed))
      const scopes = [...this.#heard.scopes.values()]
      const { access, accounts } = this.#run
      await this.#knowFeeds(client, scopes)
      const ids = [...new Set(scopes.map(scope => scope.accountId))].sort()
      for (const row of await discoverAccounts(access, client, ids)) accounts.set(row.id, toKnown(row))
    })
    const refused = (accountId: string) => this.#rejectedAnywhere || this.#rejectedAccounts.has(accountId)
    const closed = await closeReport(this.#run, this.#task, this.#heard, refused)
    const spokenOf = new Set([...this.#heard.scopes.values()].map(scope => scope.accountId))
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
    return feeds.filter(feed => !this.#heard.scopes.has(feedKey(feed)))
  }

  /** What the feed will not remember, since the report does not count as complete, each sighting has to. */
  async #confirm({ unremembered }: Closed): Promise<void> {
    for (const [key, scope] of this.#heard.scopes) {
      if (unremembered.has(key)) await confirmSeen(this.#run, scope, this.#heard.sightings)
    }
  }

  async #finish(error: Reject | null, { feeds, parts, heldBack }: Closed): Promise<void> {
    const accounts = [...new Set(feeds.map(feed => feed.accountId))].sort()
    const { access, timeZone } = this.#run
    const { observedAt } = this.#task
    const run = { importId: this.#task.id, observedAt, mayClose: this.#task.mayClose }
    await heldTransaction(this.#run, async client => {
      await heardFeeds(access, client, run, feeds)
      await heardControls(access, client, observedAt, parts)
    })
    // Before the end, behind which nobody would come back for it, and when it is known who spoke.
    await noteDays(access, accounts, observedAt, timeZone)
    await heldTransaction(this.#run, async client => {
      await keepReferences(access, client, feeds)
      await reopenNamed(access, client, run, accounts)
      await finishRun(access, client, this.#task.id, {
        error,
        reported: this.#heard.findings.size,
        accounts,
        sources: [...new Set(feeds.map(feed => feed.source))].sort(),
        heldBack,
        bytesRead: this.#bytesRead,
      })
      await forgetKnownPieces(access, client)
    })
  }
}
