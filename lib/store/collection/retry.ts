import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { collectorDefinition } from '../../domain/collection/collectors'
import type { RetryCell } from '../../domain/collection/coverage'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { startRound } from './rounds'

const { sql } = Prisma

/**
 * Begins a round that reads one cell again. Throws NotFoundError outside the member's accounts, and `conflict` where no
 * connection reads the account, or as startRound does.
 */
export async function retryCell(
  access: Access<'accounts:manage'>,
  { account, collector, region }: RetryCell,
): Promise<{ round: number | null }> {
  const scope = accountFilter(access)
  const [found] = await readPrimary<{ connection: string | null }>(
    sql`SELECT CASE WHEN closed_at IS NULL THEN connection_id::text END AS connection FROM account
      WHERE id = ${account} AND (${scope === null} OR id = ANY(${scope ?? []}::text[]))`,
  )
  if (!found) throw new NotFoundError()
  if (found.connection === null) throw new AppError('conflict', { reason: 'accountNotConnected' })
  const only = collectorDefinition(collector)?.regional ? region : null
  const tasks = [{ accountId: account, collector, region: only }]
  return { round: await startRound(access, { connectionId: found.connection, kind: 'single', slot: null, tasks }) }
}
