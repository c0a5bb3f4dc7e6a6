import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { isOutOfTime, lineKind, readLine } from '../../domain/collection/lines'
import { type Utf16, utf16Of } from '../../domain/text/utf16'
import { AppError } from '../../errors'
import { packedFormatOf } from './packed-format'

/** A decompressed request body: a report in UTF-8, or an archive of files. */
export interface OpenedBody {
  kind: 'report' | 'zip' | 'tar'
  bytes: AsyncGenerator<Uint8Array>
  /** The first bytes are those of a web page, a PDF or a picture. */
  page: boolean
  /** When a collector began to write it; null for any other report. */
  collectedAt: Date | null
}

/** Enough for the signature of every format; that of tar is last, at byte 257. */
const HEAD_BYTES = 512
/** A file that was compressed twice by mistake is decompressed twice. */
const MAX_GZIP_LAYERS = 2

/**
 * Detects the format by the first bytes, decompresses gzip and converts UTF-16 to UTF-8. Throws `invalid` for an unsupported compression,
 * a collected report of another century and, while the bytes are read, damaged gzip.
 */
export async function openBody(body: AsyncGenerator<Uint8Array>, layers = 0): Promise<OpenedBody> {
  const { head, whole } = await peek(body)
  const format = packedFormatOf(head)
  if (format === 'gzip' && layers < MAX_GZIP_LAYERS) return openBody(gunzipped(whole), layers + 1)
  if (format === 'zip' || format === 'tar') return { kind: format, bytes: whole, page: false, collectedAt: null }
  if (format !== null) throw new AppError('invalid', { reason: 'packed', params: { format } })
  const encoding = utf16Of(head)
  const page = /^(\xef\xbb\xbf)?\s*<|^%PDF|^\x89PNG/.test(head.toString('latin1'))
  const collectedAt = encoding ? null : startOf(head)
  return { kind: 'report', bytes: encoding ? inUtf8(whole, encoding) : whole, page, collectedAt }
}

/** The time in the first line of a collected report; null where the report does not begin with one. */
function startOf(head: Buffer): Date | null {
  const end = head.indexOf('\n')
  if (end < 0 || head[0] !== '{'.charCodeAt(0)) return null
  const value = objectIn(head.toString('utf8', 0, end))
  if (value === null || lineKind(value) !== 'collection') return null
  const line = readLine('collection', value)
  if ('wrong' in line && isOutOfTime(line, value)) throw new AppError('invalid', { reason: 'observedAtRange' })
  return 'startedAt' in line ? new Date(line.startedAt) : null
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    // The line is longer, or is no JSON: the reader of the report says so.
    return null
  }
}

async function peek(body: AsyncGenerator<Uint8Array>): Promise<{ head: Buffer; whole: AsyncGenerator<Uint8Array> }> {
  let head = Buffer.alloc(0)
  while (head.length < HEAD_BYTES) {
    const next = await body.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const whole = (async function* () {
    yield head
    yield* body
  })()
  return { head, whole }
}

async function* gunzipped(packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed, { objectMode: false })
  const gunzip = createGunzip()
  source.once('error', error => gunzip.destroy(error))
  try {
    yield* source.pipe(gunzip)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_')) throw new AppError('invalid', { reason: 'bad_gzip' })
    throw error
  } finally {
    gunzip.destroy()
    source.destroy()
  }
}

async function* inUtf8(bytes: AsyncGenerator<Uint8Array>, encoding: Utf16): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}
