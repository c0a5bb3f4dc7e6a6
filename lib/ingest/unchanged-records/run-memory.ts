import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { ImportTask } from '../../store/imports/runs'
import {
  currentFeeds,
  feedWriters,
  knownPieces,
  rememberingImports,
  saveKnownPiece,
  writeFeeds,
} from '../../store/sightings/known-records'
import { readingCode } from '../read/reading'
import { type RunContext, scopeOf } from '../run/context'
import { type Fact, KnownRecords, type KnownWriter } from './known-records'

const MAX_BYTES = 64 * 1024 * 1024

/** Thrown where records that were taken as read may no longer be: the run goes on from its last batch and reads in full. */
export class CannotRecall extends Error {
  override readonly name = 'CannotRecall'
}

/**
 * Records that earlier runs read, byte for byte. A daily report repeats most of yesterday's; such a record is neither parsed
 * nor compared again, because the last writer of its feed left the database just as the record says.
 */
export class RunMemory {
  readonly #run: RunContext
  readonly #task: ImportTask
  readonly #reading: string | null
  readonly #recall: boolean
  readonly #books: KnownRecords[] = []
  readonly #writers = new Map<string, number>()
  readonly #asked = new Set<string>()
  readonly #recalled = new Map<number, Fact[]>()
  #recalls = 0
  #bytes = 0

  constructor(run: RunContext, task: ImportTask, { recall }: { recall: boolean }) {
    const code = readingCode()
    this.#run = run
    this.#task = task
    this.#reading =
      code && `${code}/${task.source ?? ''}/${task.account ?? ''}/${task.mapping ? JSON.stringify(task.mapping) : ''}`
    this.#recall = recall
  }

  /** Reads what earlier runs left of feeds that the document has begun to speak of. */
  async learn(feeds: ReadonlyMap<string, unknown>): Promise<void> {
    // Of a report that need not be complete each record says that the thing still was so, later than before.
    if (!this.#reading || !this.#recall || !this.#run.complete || feeds.size === this.#asked.size) return
    const fresh = [...feeds.keys()].filter(feed => !this.#asked.has(feed))
    for (const feed of fresh) this.#asked.add(feed)
    const unknown = fresh.filter(feed => !this.#writers.has(feed))
    if (unknown.length === 0) return
    const asked = { reading: this.#reading, observedAt: this.#task.observedAt }
    for (const { importId, bytes } of await rememberingImports(this.#run.access, unknown, asked)) {
      if (this.#books.some(book => book.importId === importId) || this.#bytes + bytes > MAX_BYTES) continue
      const pieces = knownPieces(this.#run.access, importId, this.#reading)
      const book = await KnownRecords.read(importId, bytes, pieces, this.#run.places)
      // Asked behind the pieces: what is forgotten meanwhile is current for nobody.
      book.keep(await currentFeeds(this.#run.access, importId))
      this.#books.push(book)
      this.#bytes += bytes
      for (const feed of book.currentFeeds()) this.#writers.set(feed, importId)
    }
  }

  /** See Recognise. */
  readonly recognise = (bytes: Buffer): { digest: string; known: number | null } => {
    const digest = hash('sha256', bytes)
    for (const book of this.#books) {
      const at = book.find(digest)
      const facts = at === null ? null : book.facts(at)
      if (!facts?.every(fact => this.#holds(fact))) continue
      const known = this.#recalls++
      this.#recalled.set(known, facts)
      return { digest, known }
    }
    return { digest, known: null }
  }

  /** What the record that `recognise` numbered says. To be asked once. */
  recalled(known: number): Fact[] {
    const facts = this.#recalled.get(known) ?? []
    this.#recalled.delete(known)
    return facts
  }

  /**
   * Notes that this run writes to feeds from now on, and makes sure that nothing has since their known records were read.
   * `recalled` are the feeds of which the batch takes records as read. The caller holds the lock of their accounts.
   */
  async hold(client: PoolClient, fresh: readonly string[], recalled: ReadonlySet<string>): Promise<void> {
    const asked = [...new Set([...fresh, ...recalled])]
    if (asked.length === 0) return
    const writers = await feedWriters(this.#run.access, client, asked)
    for (const feed of asked) {
      const believed = this.#writers.get(feed)
      const writer = writers.get(feed)
      if (believed === undefined || writer === believed || (writer === this.#task.id && !fresh.includes(feed))) continue
      throw new CannotRecall(`another import wrote to ${feed}`)
    }
    const touched = asked.filter(feed => writers.get(feed) !== this.#task.id)
    if (touched.length > 0) await writeFeeds(this.#run.access, client, this.#task.id, touched.map(scopeOf))
  }

  async save(client: PoolClient, checkpoint: number, writer: KnownWriter): Promise<void> {
    const piece = writer.piece()
    if (!this.#reading || !piece) return
    const at = { importId: this.#task.id, checkpoint, reading: this.#reading }
    await saveKnownPiece(this.#run.access, client, at, piece)
  }

  #holds({ feed }: Fact): boolean {
    const { allowed, allowedSources } = this.#task
    const { accountId, source } = scopeOf(feed)
    return (!allowed || allowed.includes(accountId)) && (!allowedSources || allowedSources.includes(source))
  }
}
