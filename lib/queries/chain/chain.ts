import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import type { ChainState } from '../../domain/chain/view'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const COUNTED = 1000

/** The last link of the chain, and how many rows have no link yet, counted up to 1,000. */
export async function chainState(_access: Access<'audit:read'>): Promise<ChainState> {
  const [last, waiting] = await Promise.all([
    prisma().chainLink.findFirst({ orderBy: { seq: 'desc' }, select: { at: true, hash: true } }),
    read<{ n: number }>(
      Prisma.sql`SELECT count(*)::int AS n FROM (SELECT 1 FROM chain_pending LIMIT ${COUNTED + 1}) AS counted`,
    ),
  ])
  const pending = waiting[0]?.n ?? 0
  return {
    head: last && { at: last.at, hash: Buffer.from(last.hash).toString('hex') },
    pending: Math.min(pending, COUNTED),
    more: pending > COUNTED,
  }
}
