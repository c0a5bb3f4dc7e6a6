import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter, type JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { auditVisibleTo } from './audit'

const Detail = z.record(z.string(), z.unknown())

/** After this time every transaction has committed or failed: the longest ends after five minutes. */
const SETTLED_MS = 10 * 60_000

export interface StreamedEntry {
  id: string
  at: Date
  actorKind: string
  actorId: string
  actorName: string
  ip: string | null
  action: string
  target: string
  accountId: string | null
  detail: Record<string, unknown>
}

/**
 * Entries of the audit log after the id `after`, the oldest first, and the id to continue from. Ids are assigned before their
 * transactions commit: the entries end before an id that may still appear, so that reading on from `next` misses none.
 */
export async function auditAfter(
  access: JobAccess | Access<'audit:read'>,
  after: bigint,
  limit: number,
): Promise<{ entries: StreamedEntry[]; next: bigint }> {
  const ids = accountFilter(access)
  const found = await prisma().auditEntry.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true, at: true },
  })
  const settled = new Date(now().getTime() - SETTLED_MS)
  let next = after
  for (const { id, at } of found) {
    if (id !== next + 1n && at > settled) break
    next = id
  }
  const rows = await prisma().auditEntry.findMany({
    where: { id: { gt: after, lte: next }, ...(ids ? { OR: auditVisibleTo(access, ids) } : {}) },
    orderBy: { id: 'asc' },
  })
  const entries = rows.map(({ detail, ...row }) => ({
    ...row,
    id: String(row.id),
    detail: Detail.catch({}).parse(detail),
  }))
  return { entries, next }
}
