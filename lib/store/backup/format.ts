import 'server-only'
import { z } from 'zod'

/**
 * A backup file: a line with its format, frames, and the SHA-256 of all bytes before it. A frame has a head of 14 bytes
 * (kind; 1 if its content is compressed, else 0; length before and after compression; CRC-32 of head and content) and
 * its content. Kinds: H header, T table begins, D COPY bytes, E table ends, Z end. All but D are JSON.
 */
export const FORMAT = 1
export const MAGIC = /^hinomi-backup (\d{4})\n$/
export const MAGIC_BYTES = 19
export const HEAD_BYTES = 14
export const DIGEST_BYTES = 32
/** The minimum of COPY bytes in a frame, except the last one of a table. */
export const FRAME_BYTES = 1024 * 1024
/** The limit of a frame, so that a damaged length cannot fill the memory. */
export const LONGEST_FRAME = 16 * 1024 * 1024

export const frameKinds = ['H', 'T', 'D', 'E', 'Z'] as const
export type FrameKind = (typeof frameKinds)[number]

export function magicOf(format: number): string {
  return `hinomi-backup ${String(format).padStart(4, '0')}\n`
}

const Table = z.object({
  name: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** The format of COPY: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9 */
  format: z.enum(['text', 'binary']),
})
export type BackupTable = z.infer<typeof Table>

export const Header = z.object({
  version: z.string(),
  createdAt: z.iso.datetime(),
  postgres: z.string(),
  migrations: z.array(z.string()).min(1),
  tables: z.array(Table),
  /** Tables whose rows are not in the file. */
  leftOut: z.array(z.string()),
})
export type Header = z.infer<typeof Header>

export const TableBegin = z.object({ name: z.string() })

export const TableEnd = z.object({
  rows: z.number().int(),
  bytes: z.number().int(),
  sha256: z.hash('sha256'),
})
export type TableEnd = z.infer<typeof TableEnd>

export const BackupEnd = z.object({
  rows: z.number().int(),
  tables: z.record(z.string(), TableEnd),
  /** The last value of each sequence that was used. */
  sequences: z.record(z.string(), z.string().regex(/^-?\d+$/)),
})
export type BackupEnd = z.infer<typeof BackupEnd>

/** The header and end of a complete backup. */
export interface BackupSummary {
  header: Header
  end: BackupEnd
  /** Bytes of the file. */
  size: number
  sha256: string
}

/** The error of a damaged backup; `offset` is the position of the damage, if it is known. */
export function damagedBackup(offset = -1, cause?: unknown): BackupError {
  return new BackupError('damaged', { offset }, { cause })
}

/** The reason why a backup cannot be written or restored: `reason` is a key of the messages (backup.<reason>). */
export class BackupError extends Error {
  override readonly name = 'BackupError'
  constructor(
    readonly reason: string,
    readonly params: Record<string, string | number> = {},
    options?: ErrorOptions,
  ) {
    super(reason, options)
  }
}
