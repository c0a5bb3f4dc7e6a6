import { fileExtensions } from '../../domain/feeds/feed-definitions'
import { AppError } from '../../errors'
import type { OpenedBody } from './open-body'

/** Extensions of reports of the supported tools, and of text that was saved from a terminal. */
const REPORTS = new Set(['json', 'jsonl', 'ndjson', 'csv', 'tsv', 'txt', 'log', ...fileExtensions])
const ARCHIVES = new Set(['zip', 'tar', 'tgz'])
/** May contain either; browsers and curl may decompress it and keep the name. */
const GZIP = 'gz'

/** The text after the last dot of a file's name, where it looks like an extension: `2026-11-01` does not. */
function extensionOf(name: string): string | null {
  return /\.([a-z][a-z0-9]{0,9})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? null
}

/** Whether the extension of a file is neither that of a report nor of an archive. A file without one has to be opened. */
export function isOtherFile(name: string): boolean {
  const extension = extensionOf(name)
  return extension !== null && extension !== GZIP && !REPORTS.has(extension) && !ARCHIVES.has(extension)
}

/** Throws `fileType` for an unsupported extension, and `fileContent` where a report is named like an archive, or the reverse. */
export function requireFileType(name: string | null, kind: OpenedBody['kind']): void {
  if (name === null) return
  if (isOtherFile(name)) throw new AppError('invalid', { reason: 'fileType', params: { name } })
  const extension = extensionOf(name) ?? GZIP
  const fits = kind === 'report' ? !ARCHIVES.has(extension) : !REPORTS.has(extension)
  if (!fits) throw new AppError('invalid', { reason: 'fileContent', params: { name } })
}
