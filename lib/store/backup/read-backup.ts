import 'server-only'
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { BackupEnd, type BackupSummary, type BackupTable, damagedBackup, Header, TableBegin, TableEnd } from './format'
import { type Frame, readFrames } from './frame-reader'

/** Reads `content`, the COPY bytes of a table, to its end. Returns the number of rows if it counts them, else null. */
export type TableReader = (table: BackupTable, content: AsyncIterable<Buffer>) => Promise<number | null>

export interface OpenedBackup {
  header: Header
  /**
   * Reads the tables, once. Content is provisional until it returns, which it does only if every digest and every
   * number of rows is right and no bytes follow. Throws BackupError otherwise.
   */
  readTables: (onTable?: TableReader) => Promise<BackupSummary>
}

/** Reads the header of a backup. Throws BackupError if it is none, or of a newer format. */
export async function openBackup(source: AsyncIterable<Buffer>): Promise<OpenedBackup> {
  const frames = readFrames(source)
  const header = parsed(Header, await expectFrame(frames, 'H'))
  return { header, readTables: onTable => readTables(frames, header, onTable) }
}

async function readTables(frames: Frames, header: Header, onTable?: TableReader): Promise<BackupSummary> {
  const ends: Record<string, TableEnd> = {}
  for (const table of header.tables) {
    const { name } = parsed(TableBegin, await expectFrame(frames, 'T'))
    if (name !== table.name) throw damagedBackup()
    const content = new TableContent(frames)
    const rows = (await onTable?.(table, content)) ?? null
    // A reader that skips the table leaves it unread.
    for await (const _ of content);
    const end = content.end()
    if (rows !== null && rows !== end.rows) throw damagedBackup()
    ends[table.name] = end
  }
  const end = parsed(BackupEnd, await expectFrame(frames, 'Z'))
  if (JSON.stringify(end.tables) !== JSON.stringify(ends)) throw damagedBackup()
  const last = await frames.next()
  if (!last.done) throw damagedBackup()
  return { header, end, ...last.value }
}

type Frames = ReturnType<typeof readFrames>

/** The bytes of one table, up to its end frame. */
class TableContent implements AsyncIterable<Buffer> {
  readonly #frames: Frames
  readonly #digest = createHash('sha256')
  #bytes = 0
  #end: TableEnd | null = null

  constructor(frames: Frames) {
    this.#frames = frames
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (!this.#end) {
      const frame = await nextFrame(this.#frames)
      if (frame.kind !== 'D') {
        this.#end = parsed(TableEnd, of(frame, 'E'))
        return
      }
      this.#digest.update(frame.content)
      this.#bytes += frame.content.length
      yield frame.content
    }
  }

  /** The content of the end frame. Throws unless it matches the bytes that were read. */
  end(): TableEnd {
    const end = this.#end
    if (!end || end.bytes !== this.#bytes || end.sha256 !== this.#digest.digest('hex')) throw damagedBackup()
    return end
  }
}

async function nextFrame(frames: Frames): Promise<Frame> {
  const { value, done } = await frames.next()
  if (done) throw damagedBackup()
  return value
}

async function expectFrame(frames: Frames, kind: Frame['kind']): Promise<Buffer> {
  return of(await nextFrame(frames), kind)
}

function of(frame: Frame, kind: Frame['kind']): Buffer {
  if (frame.kind !== kind) throw damagedBackup()
  return frame.content
}

function parsed<Schema extends z.ZodType>(schema: Schema, content: Buffer): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(content.toString('utf8')))
  } catch (error) {
    throw damagedBackup(-1, error)
  }
}
