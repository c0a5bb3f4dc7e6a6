import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import { isLeftOut } from '../../domain/collection/findings/read-elsewhere'
import { feedKey, feedOf } from '../../domain/identity/keys'
import { type FeedKey, feedsOf } from '../../store/feeds/feeds'
import { resourceRegions } from '../../store/feeds/resource-regions'
import { discoverAccounts } from '../../store/imports/receive'
import { type ImportTask, saveProgress, startRun } from '../../store/imports/runs'
import { machineImages } from '../../store/merges/machine-images'
import { findingSplits } from '../../store/merges/splits'
import { inflatedPieces, payloadReader } from '../../store/payload/pieces'
import { pullBackFutureTimes } from '../../store/sightings/future-times'
import { blankAccounts } from '../../store/sightings/sightings'
import { knownRecords } from '../../store/unchanged-records/known-records'
import { confirmPresent } from '../close/close-absent'
import { type Closed, closeReport, noClosings, rejectedAccount } from '../close/close-report'
import { closeCells, collectedFeeds, writeAssets } from '../collected/write-collected'
import type { ReportContents } from '../contents/report-contents'
import { accountsOf, type ParsedBatch, sightingKeys } from '../read/parsed-batch'
import {
  type ParsedReport,
  type ParserFeed,
  type ParserInput,
  parseReport,
  type ReportParser,
} from '../read/report-parser'
import { sightingsOfDocument } from '../read/whole-document'
import { NeedsDocument } from '../settle/continue-findings'
import { skipUnchanged } from '../unchanged-records/skip-unchanged'
import { accountTransaction } from './account-transaction'
import { addCounts, type RunContext, toKnown } from './context'
import { currentDecisions } from './decisions'
import { finishReport } from './finish-report'
import { learnFeeds } from './learn-feeds'
import { learnTexts } from './learn-texts'
import { learnTitles } from './learn-titles'
import { type RunOptions, startContext } from './start-context'
import { writeBatch } from './write-batch'

/**
 * Runs one import: reads the stored document, writes in batches, resolves what a complete report lacks, and counts. A killed run
 * continues after its last batch with the same result. Returns false where there was nothing to do.
 */
export async function runImport(access: JobAccess, id: number, options: RunOptions = {}): Promise<boolean> {
  const task = await startRun(access, id, options)
  if (!task) return false
  await new ImportRun(access, task, options).work()
  return true
}

class ImportRun {
  readonly #task: ImportTask
  readonly #run: RunContext
  readonly #parse: ReportParser
  #committed: number
  #writing: Promise<void> = Promise.resolve()

  constructor(access: JobAccess, task: ImportTask, { onProgress, parse = parseReport }: RunOptions) {
    this.#task = task
    this.#parse = parse
    this.#committed = task.checkpoint
    this.#run = startContext(access, task, onProgress)
  }

  async work(): Promise<void> {
    const { access, lane } = this.#run
    const task = this.#task
    await pullBackFutureTimes(access, task.arrivedAt, lane)
    this.#run.images = new Map(await machineImages(access, lane))
    const input = { task, splits: await findingSplits(access, lane), images: new Map(this.#run.images) }
    Object.assign(this.#run, await currentDecisions(this.#run))
    const report = await this.#read(input)
    this.#run.places = report.places
    const complete = !report.error && task.coverage === 'complete'
    const closed = complete ? await this.#close(report) : noClosings(report.contents)
    await this.#closeCells(report)
    if (task.coverage === 'complete') await this.#confirm(report, closed)
    await finishReport(this.#run, task, report, closed)
  }

  async #read(input: ParserInput): Promise<ParsedReport> {
    const feed = this.#feed()
    const parser = this.#parse(input, feed)
    try {
      for (;;) {
        const { done, value } = await parser.next()
        if (!done) {
          await this.#queue(value, input)
          continue
        }
        await this.#writing
        return value
      }
    } catch (problem) {
      // A resumed run continues after the last committed batch, so the pending ones have to end first.
      await Promise.allSettled([this.#writing])
      throw problem
    } finally {
      await parser.return(undefined as never)
    }
  }

  #feed(): ParserFeed {
    const { access, payloadId } = this.#run
    return {
      bytes: inflatedPieces(access, payloadId),
      regions: account => resourceRegions(access, account),
      known: feeds => knownRecords(access, feeds),
    }
  }

  /** Queues a batch to be written. Batches are written one after the other; two may wait, more would only use memory. */
  async #queue(batch: ParsedBatch, input: ParserInput): Promise<void> {
    const before = this.#writing
    this.#writing = before.then(() => this.#write(batch, input))
    // The error is thrown at the next await of the chain; without a handler Node.js would end the process first.
    this.#writing.catch(() => undefined)
    await before
  }

  async #write(batch: ParsedBatch, input: ParserInput): Promise<void> {
    try {
      await this.#writeOnce(batch, input)
    } catch (problem) {
      if (!(problem instanceof NeedsDocument)) throw problem
      this.#run.document = await sightingsOfDocument(input, this.#feed())
      // Machine images that the rolled-back transaction stored are not in the database.
      this.#run.images = new Map(await machineImages(this.#run.access, this.#run.lane))
      await this.#writeOnce(batch, input)
    } finally {
      batch.release()
    }
  }

  async #writeOnce(batch: ParsedBatch, { splits }: ParserInput): Promise<void> {
    const ids = accountsOf(batch)
    await learnTitles(this.#run, batch.parsed())
    await learnTexts(this.#run, batch.parsed())
    await accountTransaction(this.#run, ids, async client => {
      await this.#learn(client, ids, batch)
      if (batch.collected) await writeAssets(this.#run, client, batch.collected, batch.assets)
      const skipped = await skipUnchanged(this.#run, client, batch.statements)
      const items = await batch.outcomes(skipped.others, payloadReader(this.#run.access, client, this.#run.payloadId))
      const moved = await writeBatch(this.#run, client, items, {
        splits,
        reported: () => sightingKeys(batch.statements),
      })
      const progress = {
        ...addCounts(moved, skipped.moved),
        behind: this.#committed,
        checkpoint: batch.checkpoint,
        bytesRead: batch.bytesRead,
        read: batch.records,
        accepted: batch.records - batch.rejects.length,
        rejected: batch.rejects.length,
      }
      await saveProgress(this.#run.access, client, this.#task.id, progress, batch.rejects)
    })
    this.#committed = batch.checkpoint
    this.#run.onProgress()
  }

  /** Reads accounts and feeds that are new in this batch. */
  async #learn(client: PoolClient, ids: string[], { statements }: ParsedBatch): Promise<void> {
    const { access, accounts, feeds, blank } = this.#run
    const newAccounts = ids.filter(id => !accounts.has(id))
    if (newAccounts.length > 0) {
      for (const row of await discoverAccounts(access, client, newAccounts)) accounts.set(row.id, toKnown(row))
    }
    const unread = ids.filter(id => !blank.has(id))
    if (unread.length > 0) {
      const empty = new Set(await blankAccounts(access, client, unread))
      for (const id of unread) blank.set(id, empty.has(id))
    }
    const fresh = statements.feeds.filter(feed => !feeds.has(feed))
    if (fresh.length > 0) await learnFeeds(this.#run, client, fresh.map(feedOf))
  }

  async #close({ contents, rejectedAnywhere, rejectedAccounts }: ParsedReport): Promise<Closed> {
    // A resumed run may have read every scope without writing to it.
    await transaction(async client => {
      for (const feed of await this.#feedsWithoutRecords(client, contents)) contents.expect(feedKey(feed))
      if (contents.collected)
        for (const feed of await collectedFeeds(this.#run, client, contents.collected)) contents.expect(feed)
      const scopes = [...contents.scopes.values()]
      const { access, accounts } = this.#run
      await learnFeeds(this.#run, client, scopes)
      const ids = [...new Set(scopes.map(scope => scope.accountId))].sort()
      for (const row of await discoverAccounts(access, client, ids)) accounts.set(row.id, toKnown(row))
    })
    const isRejected = (accountId: string) => rejectedAnywhere || rejectedAccounts.has(accountId)
    const closed = await closeReport(this.#run, this.#task, contents, isRejected)
    const reported = new Set([...contents.scopes.values()].map(scope => scope.accountId))
    for (const accountId of rejectedAccounts) {
      const isAllowed = !this.#task.allowed || this.#task.allowed.includes(accountId)
      if (isAllowed && !reported.has(accountId)) closed.heldBack.push(rejectedAccount(accountId))
    }
    return closed
  }

  async #closeCells({ contents, error, rejectedAnywhere, rejectedAccounts }: ParsedReport): Promise<void> {
    if (!contents.collected) return
    const isRejected = (accountId: string) => error !== null || rejectedAnywhere || rejectedAccounts.has(accountId)
    await closeCells(this.#run, contents.collected, isRejected)
  }

  /** Where the sender names source and account, the stored feeds of these that the report has no records of. */
  async #feedsWithoutRecords(client: PoolClient, contents: ReportContents) {
    const { source, account, allowed } = this.#task
    if (!source || !account || (allowed && !allowed.includes(account))) return []
    const feeds = await feedsOf(this.#run.access, client, account, source)
    const isUnread = ({ product }: FeedKey) => contents.collected !== null && isLeftOut(source, product)
    return feeds.filter(feed => !contents.scopes.has(feedKey(feed)) && !isUnread(feed))
  }

  /** Where the feed does not record the report as complete, each sighting has to record its time. */
  async #confirm({ contents }: ParsedReport, { incomplete }: Closed): Promise<void> {
    for (const [key, scope] of contents.scopes) {
      if (incomplete.has(key)) await confirmPresent(this.#run, scope, contents.sightings)
    }
  }
}
