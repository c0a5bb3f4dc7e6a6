import { isUtf8 } from 'node:buffer'
import { isOtherFile } from './file-type'

/** Why a file of an archive is not imported. */
export type SkipReason = 'directory' | 'hidden' | 'link' | 'empty' | 'not_a_report'

const MAX_NAME = 255

/** The name of a file in an archive, for display only: its end, without characters that could hide or reorder text. */
export function shownName(raw: string | Uint8Array): string {
  const text = typeof raw === 'string' ? raw : decode(raw)
  return text.replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, '\ufffd').slice(-MAX_NAME)
}

/** ZIP declares UTF-8 or nothing; other bytes are most likely from a Japanese Windows. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'shift_jis').decode(bytes)
}

/** Whether a path alone shows that it is not a report: folders, hidden files, what macOS adds to a ZIP, and files of other types. */
export function skippedByPath(path: string): SkipReason | null {
  const parts = path.split(/[/\\]/)
  if (parts.at(-1) === '') return 'directory'
  const hidden = parts.some(part => part === '__MACOSX' || (part.startsWith('.') && part !== '.' && part !== '..'))
  if (hidden) return 'hidden'
  return isOtherFile(path) ? 'not_a_report' : null
}
