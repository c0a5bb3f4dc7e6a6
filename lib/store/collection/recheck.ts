import 'server-only'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { type CheckAgain, cellsOfFinding } from '../../domain/collection/findings/recheck'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { countSelected, selectionCondition } from '../findings/selection'
import { startRound } from './rounds'

const { sql } = Prisma

interface Row {
  account: string
  region: string | null
  sources: string[]
  connection: string | null
}

/**
 * Begins a round that reads only the cells in which a finding would be reported. Throws as lockSelection does, and `conflict` where no
 * connection reads its account, none of its sources can be read, or as startRound does.
 */
export async function checkAgain(
  access: Access<'findings:triage'>,
  { id }: CheckAgain,
): Promise<{ round: number | null }> {
  const selection = { ids: [id] }
  const where = await selectionCondition(access, selection)
  const found = await prisma().$transaction(async tx => {
    await countSelected(tx, access, selection, { where, accounts: [] })
    const [row] = await runIn<Row>(
      tx,
      sql`SELECT f.account_id AS account, f.region, f.sources, CASE WHEN a.closed_at IS NULL THEN a.connection_id::text END AS connection
        FROM finding f JOIN account a ON a.id = f.account_id WHERE ${where}`,
    )
    return row
  })
  if (!found) throw new NotFoundError()
  if (found.connection === null) throw new AppError('conflict', { reason: 'accountNotConnected' })
  const cells = cellsOfFinding(found)
  if (cells.length === 0) throw new AppError('conflict', { reason: 'findingNotCollected' })
  const tasks = cells.map(cell => ({ accountId: found.account, ...cell }))
  return { round: await startRound(access, { connectionId: found.connection, kind: 'single', slot: null, tasks }) }
}
