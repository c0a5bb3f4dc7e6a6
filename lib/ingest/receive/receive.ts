import { createHash } from 'node:crypto'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { AppError } from '../../errors'
import { finishReceiving, type NewImport, requireSendable } from '../../store/imports/receive'
import { tarFiles, zipFiles } from './archive-files'
import type { SkipReason } from './archive-name'
import { requireFileType } from './file-type'
import { type OpenedBody, openBody } from './open-body'
import { ByteBudget, type StoredReport, storeReport } from './store-report'

export interface ReceiveOptions extends NewImport {
  force: boolean
}

/** The result of one upload. */
export interface Received {
  /** Whether an archive was uploaded; otherwise there is one import. */
  archive: boolean
  imports: ReceivedImport[]
  /** Files of the archive that are not reports. */
  skipped: { fileName: string; reason: SkipReason }[]
}

export interface ReceivedImport {
  id: number
  fileName: string | null
  /** Whether it is an earlier import of the same bytes. */
  duplicate: boolean
}

/**
 * Stores a report durably and queues it, without buffering it in memory. Gzip is decompressed and UTF-16 converted to UTF-8, and the
 * limit applies to the result, so that a small file cannot fill the disk. Throws as requireSendable does, and too_large and invalid,
 * also for an archive; nothing is stored then.
 */
export async function receiveImport(
  access: Access<'imports:write'>,
  body: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<{ id: number; duplicate: boolean }> {
  requireSendable(access, options)
  return usingHashed(body, async (bytes, digest) => {
    const opened = await openBody(bytes)
    if (opened.kind !== 'report') throw new AppError('invalid', { reason: 'packed', params: { format: opened.kind } })
    requireFileType(options.fileName, opened.kind)
    const { id, duplicate } = await receiveReport(access, opened, digest, options)
    return { id, duplicate }
  })
}

/**
 * The same as receiveImport, but also accepts a ZIP or tar of reports: one import for each, all of them or none. The limit applies to
 * the whole archive. Throws invalid where an archive is damaged or contains another one.
 */
export async function receiveUpload(
  access: Access<'imports:write'>,
  body: AsyncIterable<Uint8Array>,
  options: ReceiveOptions,
): Promise<Received> {
  requireSendable(access, options)
  return usingHashed(body, async (bytes, digest) => {
    const opened = await openBody(bytes)
    requireFileType(options.fileName, opened.kind)
    if (opened.kind !== 'report') return receiveArchive(access, opened, options)
    return { archive: false, imports: [await receiveReport(access, opened, digest, options)], skipped: [] }
  })
}

async function receiveReport(
  access: Access<'imports:write'>,
  { bytes, collectedAt }: OpenedBody,
  digest: () => string,
  options: ReceiveOptions,
): Promise<ReceivedImport> {
  const report = await storeReport(access, bytes, dated(options, collectedAt), new ByteBudget())
  try {
    const [imported] = await finishReceiving(access, [{ ...report, sha256: digest() }], options.force)
    if (!imported) throw new Error('the import was not queued')
    if (!imported.duplicate) report.keep()
    return { ...imported, fileName: options.fileName }
  } finally {
    await report.release()
  }
}

async function receiveArchive(
  access: Access<'imports:write'>,
  archive: OpenedBody,
  options: ReceiveOptions,
): Promise<Received> {
  // The archive has a limit of its own: skipped files are decompressed too.
  const sent = new ByteBudget().counted(archive.bytes)
  const budget = new ByteBudget()
  const stored: (StoredReport & { sha256: string; fileName: string })[] = []
  const skipped: Received['skipped'] = []
  let scoped = true
  try {
    for await (const file of archive.kind === 'zip' ? zipFiles(sent) : tarFiles(sent)) {
      const fileName = file.name
      const reason = file.skipped ?? (await usingHashed(file.bytes, storeFile))
      if (reason) skipped.push({ fileName, reason })

      async function storeFile(bytes: AsyncGenerator<Uint8Array>, digest: () => string): Promise<SkipReason | null> {
        const opened = await openBody(bytes)
        if (opened.kind !== 'report')
          throw new AppError('invalid', { reason: 'archiveNested', params: { name: fileName } })
        if (opened.page) {
          for await (const _rest of budget.counted(opened.bytes));
          return 'not_a_report'
        }
        // Each file would close what the previous ones report, unless they say themselves where they looked.
        scoped &&= opened.collectedAt !== null
        if (options.coverage === 'complete' && stored.length > 0 && !scoped)
          throw new AppError('invalid', { reason: 'archiveComplete' })
        const dating = dated({ ...options, fileName }, opened.collectedAt)
        const report = await storeReport(access, opened.bytes, dating, budget)
        stored.push({ ...report, sha256: digest(), fileName })
        return null
      }
    }
    if (stored.length === 0) throw new AppError('invalid', { reason: 'archiveEmpty' })
    const finished = await finishReceiving(access, stored, options.force)
    const imports = finished.map((imported, at) => ({ ...imported, fileName: stored[at]?.fileName ?? null }))
    for (const [at, { duplicate }] of imports.entries()) if (!duplicate) stored[at]?.keep()
    return { archive: true, imports, skipped }
  } finally {
    for (const report of stored) await report.release()
  }
}

/** A collected report knows when it was begun. */
function dated(options: ReceiveOptions, collectedAt: Date | null): ReceiveOptions {
  if (options.observedAt !== null || collectedAt === null || collectedAt > now()) return options
  return { ...options, observedAt: collectedAt }
}

/** Calls `work` with the bytes and a function for their SHA-256 once they are read. Always ends the body. */
async function usingHashed<T>(
  body: AsyncIterable<Uint8Array>,
  work: (bytes: AsyncGenerator<Uint8Array>, digest: () => string) => Promise<T>,
): Promise<T> {
  const hash = createHash('sha256')
  const bytes = (async function* () {
    for await (const chunk of body) {
      hash.update(chunk)
      yield chunk
    }
  })()
  try {
    return await work(bytes, () => hash.digest('hex'))
  } finally {
    await bytes.return(undefined)
  }
}
