import 'server-only'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import {
  BackupError,
  DIGEST_BYTES,
  damagedBackup,
  FORMAT,
  type FrameKind,
  frameKinds,
  HEAD_BYTES,
  LONGEST_FRAME,
  MAGIC,
  MAGIC_BYTES,
} from './format'

export interface Frame {
  kind: FrameKind
  content: Buffer
}

/** The size and digest of a complete backup. */
export interface Whole {
  size: number
  sha256: string
}

const decompress = promisify(inflateRaw)

/**
 * Reads the frames of a backup in constant memory, and checks the CRC of each before it yields it. Returns only if the
 * digest of all bytes is right and no bytes follow. Throws BackupError otherwise.
 */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame, Whole> {
  const bytes = new ByteReader(source)
  const magic = MAGIC.exec((await bytes.take(MAGIC_BYTES, 'notABackup')).toString('latin1'))
  if (!magic) throw new BackupError('notABackup')
  if (Number(magic[1]) !== FORMAT) throw new BackupError('newerFormat', { format: Number(magic[1]), known: FORMAT })
  for (;;) {
    const frame = await readFrame(bytes)
    yield frame
    if (frame.kind === 'Z') break
  }
  const sha256 = bytes.digest()
  const stored = (await bytes.take(DIGEST_BYTES)).toString('hex')
  if (stored !== sha256) throw damagedBackup(bytes.offset)
  if (!(await bytes.ended())) throw damagedBackup(bytes.offset)
  return { size: bytes.offset, sha256 }
}

async function readFrame(bytes: ByteReader): Promise<Frame> {
  const begin = bytes.offset
  const damaged = (cause?: unknown) => damagedBackup(begin, cause)
  const head = await bytes.take(HEAD_BYTES)
  const letter = head.toString('latin1', 0, 1)
  const kind = frameKinds.find(known => known === letter)
  const [deflated, length, stored] = [head.readUInt8(1), head.readUInt32BE(2), head.readUInt32BE(6)]
  if (!kind || deflated > 1 || length > LONGEST_FRAME || stored > LONGEST_FRAME) throw damaged()
  const content = await bytes.take(stored)
  if (crc32(content, crc32(head.subarray(0, 10))) !== head.readUInt32BE(10)) throw damaged()
  const plain = deflated
    ? await decompress(content, { maxOutputLength: Math.max(length, 1) }).catch((error: unknown) => {
        throw damaged(error)
      })
    : content
  if (plain.length !== length) throw damaged()
  return { kind, content: plain }
}

/** Reads a stream in pieces of a given length, and hashes them. */
class ByteReader {
  offset = 0
  readonly #source: AsyncIterator<Buffer>
  readonly #digest = createHash('sha256')
  #chunk: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next bytes. Throws if the stream ends before. */
  async take(length: number, otherwise = 'truncated'): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let missing = length; missing > 0; ) {
      if (this.#chunk.length === 0 && !(await this.#next())) throw new BackupError(otherwise, { offset: this.offset })
      const part = this.#chunk.subarray(0, missing)
      this.#chunk = this.#chunk.subarray(part.length)
      this.offset += part.length
      missing -= part.length
      parts.push(part)
    }
    const taken = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    this.#digest.update(taken)
    return taken
  }

  /** The SHA-256 of the bytes that were read so far. */
  digest(): string {
    return this.#digest.copy().digest('hex')
  }

  /** Whether the stream has ended. */
  async ended(): Promise<boolean> {
    return this.#chunk.length === 0 && !(await this.#next())
  }

  async #next(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#source.next()
      if (done) return false
      this.#chunk = value
      if (value.length > 0) return true
    }
  }
}
