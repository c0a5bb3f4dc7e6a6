import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { extract } from 'tar-stream'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import { AppError } from '../../errors'
import { type SkipReason, shownName, skippedByPath } from './archive-name'

/** One file of an archive: why it is skipped, or its bytes, which must be read to their end before the next file. */
export type ArchiveFile = { name: string } & (
  | { skipped: SkipReason; bytes: null }
  | { skipped: null; bytes: AsyncGenerator<Uint8Array> }
)

const MAX_FILES = 1000
/** In the upper half of a ZIP's external attributes, if they are Unix ones: https://man7.org/linux/man-pages/man7/inode.7.html */
const FILE_TYPE = 0xf000
const SYMBOLIC_LINK = 0xa000

/**
 * The files of a ZIP in its order. The archive is written to a temporary file first, since its directory is at the end. Throws `invalid`
 * where it is damaged, encrypted or has too many files.
 */
export async function* zipFiles(archive: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveFile> {
  const folder = await mkdtemp(join(tmpdir(), 'hinomi-archive-'))
  const file = await open(join(folder, 'archive.zip'), 'wx+', 0o600)
  try {
    // Unlinked immediately where the file system allows it, so that not even a killed process leaves the file behind.
    await rm(folder, { recursive: true }).catch(() => undefined)
    for await (const chunk of archive) await file.appendFile(chunk)
    // Names stay bytes: they are never used as paths, so no name has to be refused.
    const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(
      error => damaged(error),
    )
    if (zip.entryCount > MAX_FILES) throw tooMany()
    const entries = zip.eachEntry()
    for (;;) {
      const next = await entries.next().catch(error => damaged(error))
      if (next.done) return
      const entry = next.value
      const name = shownName(entry.fileNameRaw)
      if (/(^|\/)\[Content_Types\]\.xml$/.test(name)) throw new AppError('invalid', { reason: 'officeFile' })
      const skipped = skippedInZip(entry, name)
      if (skipped) yield { name, skipped, bytes: null }
      else yield { name, skipped, bytes: unzipped(await openEntry(zip, entry, name), entry.crc32) }
    }
  } finally {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function openEntry(zip: ZipFile, entry: Entry, name: string): Promise<Readable> {
  if (entry.isEncrypted()) throw new AppError('invalid', { reason: 'archiveEncrypted', params: { name } })
  if (!entry.canDecodeFileData()) {
    throw new AppError('invalid', { reason: 'packed', params: { format: `ZIP (method ${entry.compressionMethod})` } })
  }
  return zip.openReadStreamPromise(entry).catch(error => damaged(error))
}

function skippedInZip(entry: Entry, path: string): SkipReason | null {
  const byPath = skippedByPath(path)
  if (byPath) return byPath
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK) return 'link'
  return entry.uncompressedSize === 0 ? 'empty' : null
}

/** The library checks the length, not the checksum. */
async function* unzipped(stream: Readable, expected: number): AsyncGenerator<Uint8Array> {
  let sum = 0
  for await (const chunk of reading(stream)) {
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== expected) damaged()
}

/** The files of a tar in its order. Throws `invalid` where it is damaged or has too many files. */
export async function* tarFiles(archive: AsyncGenerator<Uint8Array>): AsyncGenerator<ArchiveFile> {
  const source = Readable.from(archive, { objectMode: false })
  const unpack = extract()
  let broken: Error | null = null
  source.once('error', error => {
    broken = error
    unpack.destroy(error)
  })
  // An error of the source, such as a closed connection, does not mean that the archive is damaged.
  const failed = (error: unknown): never => damaged(error, broken)
  try {
    const entries = source.pipe(unpack)[Symbol.asyncIterator]()
    for (let count = 1; ; count++) {
      const next = await entries.next().catch(failed)
      if (next.done) return
      if (count > MAX_FILES) throw tooMany()
      const entry = next.value
      const { name: path, type, size } = entry.header
      const skipped = skippedInTar(path, type ?? 'file', size ?? 0)
      if (skipped) entry.resume()
      const name = shownName(path)
      yield skipped ? { name, skipped, bytes: null } : { name, skipped, bytes: reading(entry, failed) }
    }
  } finally {
    unpack.destroy()
    source.destroy()
  }
}

function skippedInTar(path: string, type: string, size: number): SkipReason | null {
  if (type === 'directory') return 'directory'
  if (type !== 'file' && type !== 'contiguous-file') return 'link'
  return skippedByPath(path) ?? (size === 0 ? 'empty' : null)
}

async function* reading(
  stream: AsyncIterable<unknown>,
  failed: (error: unknown) => never = error => damaged(error),
): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await chunks.next().catch(failed)
      if (next.done) return
      if (next.value instanceof Uint8Array) yield next.value
    }
  } finally {
    await chunks.return?.()
  }
}

/** Throws the error of the source, an AppError as it is, and `archiveDamaged` for any other. */
function damaged(error?: unknown, cause?: Error | null): never {
  if (cause) throw cause
  if (error instanceof AppError) throw error
  throw new AppError('invalid', { reason: 'archiveDamaged' })
}

function tooMany(): AppError {
  return new AppError('invalid', { reason: 'archiveFiles', params: { max: MAX_FILES } })
}
