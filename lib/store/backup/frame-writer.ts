import 'server-only'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { FORMAT, type FrameKind, HEAD_BYTES, magicOf } from './format'

/** Receives the bytes of a backup in order, and resolves when it is ready for more. */
export type Sink = (bytes: Buffer) => Promise<void>

const compress = promisify(deflateRaw)
/** The fastest level, since most bytes are payloads that are compressed already. */
const LEVEL = 1
/** Frames that are compressed at the same time. */
const AHEAD = 4

/** Writes the frames of a backup, compressed in several threads, in constant memory. */
export class FrameWriter {
  size = 0
  readonly #sink: Sink
  readonly #digest = createHash('sha256')
  readonly #waiting: Promise<Buffer[]>[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  async begin(): Promise<void> {
    await this.#put(Buffer.from(magicOf(FORMAT)))
  }

  /** Writes a frame of JSON, uncompressed, so that `head` shows the header of a file. */
  async json(kind: Exclude<FrameKind, 'D'>, value: object): Promise<void> {
    const content = Buffer.from(`${JSON.stringify(value)}\n`)
    await this.#add(Promise.resolve(frameOf(kind, content.length, content, false)))
  }

  async data(content: Buffer): Promise<void> {
    await this.#add(deflated(content))
  }

  /** Writes the remaining frames and the digest. Returns the digest. */
  async end(): Promise<string> {
    while (this.#waiting.length > 0) await this.#putNext()
    const digest = this.#digest.digest()
    await this.#sink(digest)
    this.size += digest.length
    return digest.toString('hex')
  }

  async #add(frame: Promise<Buffer[]>): Promise<void> {
    // A failure is thrown where the frame is written; the empty handler keeps Node from ending the process first.
    frame.catch(() => undefined)
    this.#waiting.push(frame)
    if (this.#waiting.length >= AHEAD) await this.#putNext()
  }

  async #putNext(): Promise<void> {
    for (const bytes of (await this.#waiting.shift()) ?? []) await this.#put(bytes)
  }

  async #put(bytes: Buffer): Promise<void> {
    this.#digest.update(bytes)
    this.size += bytes.length
    await this.#sink(bytes)
  }
}

async function deflated(content: Buffer): Promise<Buffer[]> {
  const small = await compress(content, { level: LEVEL })
  const helps = small.length < content.length
  return frameOf('D', content.length, helps ? small : content, helps)
}

function frameOf(kind: FrameKind, length: number, stored: Buffer, isDeflated: boolean): Buffer[] {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(kind, 0, 'latin1')
  head.writeUInt8(isDeflated ? 1 : 0, 1)
  head.writeUInt32BE(length, 2)
  head.writeUInt32BE(stored.length, 6)
  head.writeUInt32BE(crc32(stored, crc32(head.subarray(0, 10))), 10)
  return [head, stored]
}
