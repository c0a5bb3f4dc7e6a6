import { promisify } from 'node:util'
import type { PoolClient } from 'pg'
import type { Access } from '../access/proof'
import { now } from '../clock'
import { transaction } from '../db'
import { dayOf } from '../domain/due'
import type { Reject } from '../domain/reject'
import { RejectedRecord } from '../domain/reject'
import { env } from '../env'
import { type RawRecord, RejectedDocument, readDocument } from '../sources/document'
import { reopenNamed } from '../store/account-closing'
import { feedsOf, heardControls, heardFeeds, knownControls, knownFeeds } from '../store/feeds'
import { findingSplits } from '../store/finding-splits'
import { finishRun, type HeldBack, type ImportTask, saveProgress, startRun } from '../store/import-runs'
import { discoverAccounts } from '../store/imports'
import { forgetKnownPieces } from '../store/known-records'
import { machineImages } from '../store/machine-images'
import { countFlow, fillSnapshots, takeSnapshots } from '../store/snapshots'
import { Batch } from './batch'
import { closeAbsent, confirmSeen } from './close-absent'
import { addMoved, controlKey, feedKey, type RunContext, type Scope, scopeOf, toKnown, unheard } from './context'
import { decisionsNow, undecided } from './decisions'
import { Heard, listedControl } from './heard'
import { holdingAccounts } from './held'
import type { Fact } from './known-records'
import { type Beside, parseRecord } from './parse-record'
import { inflatedPieces } from './payload'
import { CannotRecall, RunMemory } from './run-memory'
import { takeAsRead } from './take-as-read'
import { writeBatch } from './write-batch'

const breath = promisify(setImmediate)
const SLICE = 16

/**
 * Works one import off: reads the stored document, writes in batches, closes what a complete report lacks, and counts.
 * A run that died before goes on behind its last committed batch and ends as if undisturbed; the records before it are read
 * again only to know what the document contains. Returns false where there was nothing to do.
 */
export async function runImport(access: Access<'imports:write'>, id: number): Promise<boolean> {
  const task = await startRun(access, id)
  if (!task) return false
  try {
    await new ImportRun(access, task, { recall: true }).work()
  } catch (problem) {
    if (!(problem instanceof CannotRecall)) throw problem
    const again = await startRun(access, id)
    if (again) await new ImportRun(access, again, { recall: false }).work()
  }
  return true
}

class ImportRun {
  readonly #task: ImportTask
  readonly #run: RunContext & { observedAtGiven: boolean }
  readonly #memory: RunMemory
  readonly #heard = new Heard()
  readonly #rejectedAccounts = new Set<string>()
  /** Feeds in which a complete report closed nothing. */
  readonly #held = new Set<string>()
  #rejectedAnywhere = false
  #beside: Beside = { splits: new Map(), images: new Map() }
  #bytesRead = 0
  #committed: number
  #waiting: Batch
  #writing: Promise<void> = Promise.resolve()

  constructor(access: Access<'imports:write'>, task: ImportTask, options: { recall: boolean }) {
    this.#task = task
    this.#committed = task.checkpoint
    this.#waiting = new Batch(task.checkpoint)
    this.#run = {
      access,
      importId: task.id,
      observedAt: task.observedAt,
      observedAtGiven: task.observedAtGiven,
      complete: task.coverage === 'complete',
      timeZone: env().HINOMI_TIME_ZONE,
      accounts: new Map(),
      blank: new Map(),
      titles: new Set(),
      images: new Map(),
      feeds: new Map(),
      controls: new Map(),
      ...undecided,
    }
    this.#memory = new RunMemory(this.#run, task, options)
  }

  async work(): Promise<void> {
    this.#run.images = new Map(await machineImages(this.#run.access))
    this.#beside = { splits: await findingSplits(this.#run.access), images: new Map(this.#run.images) }
    Object.assign(this.#run, await decisionsNow(this.#run.access))
    const error = await this.#read()
    const heldBack = error || this.#task.coverage === 'partial' ? [] : await this.#close()
    if (this.#task.coverage === 'complete') await this.#confirm(error !== null)
    await this.#finish(error, heldBack)
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
    for await (const bytes of inflatedPieces(this.#run.access, this.#task.id)) {
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
        item.again = !this.#heard.note(fact, listedControl(item.outcome))
      }
      if (!replay) this.#waiting.add(record.digest, told)
    } catch (problem) {
      if (!(problem instanceof RejectedRecord)) throw problem
      this.#noteReject(problem)
      if (!replay) this.#waiting.reject({ index: record.index, code: problem.code, params: problem.params })
    }
  }

  /** What was refused may hide what a complete report contains; an echo or a list of checks leaves nothing unknown. */
  #noteReject({ code, accountId }: RejectedRecord): void {
    if (code === 'echo' || code === 'check_list') return
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
    for (const each of await knownControls(access, client, observedAt, scopes)) controls.set(controlKey(each), each)
  }

  async #close(): Promise<HeldBack[]> {
    // A resumed run may have read every scope without writing to it.
    await transaction(async client => {
      for (const feed of await this.#silentFeeds(client)) this.#heard.expect(feedKey(feed))
      const scopes = [...this.#heard.scopes.values()]
      const { access, accounts } = this.#run
      await this.#knowFeeds(client, scopes)
      const ids = [...new Set(scopes.map(scope => scope.accountId))].sort()
      for (const row of await discoverAccounts(access, client, ids)) accounts.set(row.id, toKnown(row))
    })
    const heldBack: HeldBack[] = []
    for (const [key, scope] of this.#heard.scopes) {
      const rejects = this.#rejectedAnywhere || this.#rejectedAccounts.has(scope.accountId)
      const why = rejects ? 'rejects' : await closeAbsent(this.#run, scope, this.#heard)
      if (!why) continue
      // A late report was complete all the same.
      if (why !== 'late') this.#held.add(key)
      const reason = why === 'late' ? 'older' : why
      const { accountId, source } = scope
      const told = heldBack.some(one => one.accountId === accountId && one.source === source && one.reason === reason)
      if (!told) heldBack.push({ accountId, source, reason })
    }
    const spokenOf = new Set([...this.#heard.scopes.values()].map(scope => scope.accountId))
    for (const accountId of this.#rejectedAccounts) {
      const ours = !this.#task.allowed || this.#task.allowed.includes(accountId)
      if (ours && !spokenOf.has(accountId)) heldBack.push({ accountId, source: null, reason: 'rejects' })
    }
    return heldBack
  }

  /** Where the sender names source and account, a report in which nothing is left of them says so too. */
  async #silentFeeds(client: PoolClient) {
    const { source, account, allowed } = this.#task
    if (!source || !account || (allowed && !allowed.includes(account))) return []
    const told = [...this.#heard.scopes.values()].some(each => each.accountId === account && each.source === source)
    return told ? [] : feedsOf(this.#run.access, client, account, source)
  }

  /** What the feed will not remember, since the report does not count as complete, each sighting has to. */
  async #confirm(all: boolean): Promise<void> {
    for (const [key, scope] of this.#heard.scopes) {
      if (all || this.#held.has(key)) await confirmSeen(this.#run, scope, this.#heard.sightings)
    }
  }

  async #finish(error: Reject | null, heldBack: readonly HeldBack[]): Promise<void> {
    const complete = !error && this.#task.coverage === 'complete'
    const { feeds, controls } = this.#heard.remembered(complete, this.#held)
    const accounts = [...new Set(feeds.map(feed => feed.accountId))].sort()
    const { access, timeZone } = this.#run
    const { observedAt } = this.#task
    const late = dayOf(observedAt, timeZone) < dayOf(now(), timeZone)
    const run = { importId: this.#task.id, observedAt }
    await transaction(async client => {
      await heardFeeds(access, client, run, feeds)
      await heardControls(access, client, observedAt, controls)
    })
    // Before the end, behind which nobody would come back for it, and when it is known who spoke.
    await takeSnapshots(access, accounts, observedAt, timeZone)
    if (late) await fillSnapshots(access, accounts, observedAt, timeZone)
    await countFlow(access, accounts, { from: observedAt, to: late ? now() : observedAt }, timeZone)
    await transaction(async client => {
      await reopenNamed(access, client, run, accounts)
      await finishRun(access, client, this.#task.id, {
        error,
        reported: this.#heard.findings.size,
        accounts,
        sources: [...new Set(feeds.map(feed => feed.source))].sort(),
        heldBack: [...heldBack],
        bytesRead: this.#bytesRead,
      })
      await forgetKnownPieces(access, client)
    })
  }
}
