import { Readable } from 'node:stream'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { AppError } from '../../errors'

type ReadBytes = (from: number, to: number) => Promise<Buffer>

/** In lower case: names of parts are compared without case, ECMA-376-2, 6.2.2. */
const TYPES = '[content_types].xml'
const WORKBOOK = 'xl/workbook.xml'
const MAX_ENTRIES = 10_000
/** The list of types of a workbook with thousands of sheets is smaller. */
const MAX_TYPES_BYTES = 2 * 1024 * 1024
/** Macros, their older forms, and programs: https://learn.microsoft.com/openspecs/office_file_formats/ms-offmacro2 */
const ACTIVE =
  /(?:^|\/)(?:vbaProject\w*\.bin|vbaData\.xml|macrosheets\/.*|dialogsheets\/.*|activeX\/.*|embeddings\/.*)$/i
const ACTIVE_TYPE = /macroEnabled|vbaProject|macrosheet|intlmacrosheet|activeX|oleObject/i
const TYPES_ROOT = /<(?:\w+:)?Types[\s>/]/
/** References, entities and other encodings, none of which Excel writes there, could hide a type from the pattern above. */
const HIDES = /&|<!|\bencoding\s*=\s*["'](?!utf-8["'])/i

/**
 * Throws `conflict` unless a file is an Excel workbook without macros and embedded programs: a ZIP with the parts of ECMA-376,
 * read from its directory at the end.
 */
export async function requireWorkbook(name: string, size: number, read: ReadBytes): Promise<void> {
  const refuse = (reason: string) => new AppError('conflict', { reason, params: { name } })
  const broken = () => refuse('attachmentContent')
  const zip = await fromRandomAccessReaderPromise(new StoredFile(read), size, { autoClose: false }).catch(() => {
    throw broken()
  })
  if (zip.entryCount > MAX_ENTRIES) throw broken()
  const found = new Set<string>()
  const entries = zip.eachEntry()
  for (;;) {
    const next = await entries.next().catch(() => {
      throw broken()
    })
    if (next.done) break
    const entry = next.value
    if (entry.isEncrypted()) throw broken()
    if (ACTIVE.test(entry.fileName)) throw refuse('attachmentMacros')
    const part = entry.fileName.toLowerCase()
    // A second part of the same name could differ from the one that was checked.
    if (found.has(part)) throw broken()
    found.add(part)
    if (part !== TYPES) continue
    const types = await textOf(zip, entry, broken)
    if (ACTIVE_TYPE.test(types)) throw refuse('attachmentMacros')
    if (!TYPES_ROOT.test(types) || HIDES.test(types)) throw broken()
  }
  if (!found.has(TYPES) || !found.has(WORKBOOK)) throw broken()
}

async function textOf(zip: ZipFile, entry: Entry, broken: () => AppError): Promise<string> {
  if (entry.uncompressedSize > MAX_TYPES_BYTES) throw broken()
  try {
    const parts: Buffer[] = []
    for await (const part of await zip.openReadStreamPromise(entry))
      if (part instanceof Uint8Array) parts.push(Buffer.from(part))
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    throw broken()
  }
}

/** A file whose bytes are read on demand. */
class StoredFile extends RandomAccessReader {
  constructor(readonly bytesBetween: ReadBytes) {
    super()
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const { bytesBetween } = this
    return Readable.from(
      (async function* () {
        for (let from = start; from < end; from += 65_536) yield await bytesBetween(from, Math.min(end, from + 65_536))
      })(),
      { objectMode: false },
    )
  }
}
