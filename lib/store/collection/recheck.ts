import 'server-only'
import type { Access } from '../../access/proof'
import { prisma, transaction } from '../../db'
import {
  type CheckAgain,
  cellsOfFinding,
  checksOfFinding,
  isOfOrganization,
} from '../../domain/collection/findings/recheck'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { checkAfterRound } from '../checks/requests'
import { countSelected, selectionCondition } from '../findings/selection'
import { startRound } from './rounds'

const { sql } = Prisma

interface Row {
  account: string
  region: string | null
  sources: string[]
  control: string
  connection: string | null
  /** The account of the connection. */
  reader: string | null
}

/**
 * Begins a round that reads only the cells in which a finding would be reported, and those that Hinomi's own checks of
 * it examine; these run again after it. Throws as lockSelection does, and `conflict` where no connection reads its
 * account, none of its sources can be read, or as startRound does.
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
      sql`SELECT f.account_id AS account, f.region, f.sources, f.control, k.id::text AS connection, k.account_id AS reader
        FROM finding f JOIN account a ON a.id = f.account_id LEFT JOIN connection k ON k.id = a.connection_id AND a.closed_at IS NULL
        WHERE ${where}`,
    )
    return row
  })
  if (!found) throw new NotFoundError()
  const { account, connection, reader } = found
  const ownChecks = checksOfFinding(found)
  const cells = cellsOfFinding(found)
  // What a check knows of Hinomi's own data has no cells.
  if (cells.length === 0 && ownChecks && ownChecks.length > 0) {
    await transaction(tx => checkAfterRound(tx, account, null))
    return { round: null }
  }
  if (connection === null) throw new AppError('conflict', { reason: 'accountNotConnected' })
  if (cells.length === 0) throw new AppError('conflict', { reason: 'findingNotCollected' })
  const tasks = cells.map(cell => {
    const accountId = isOfOrganization(cell) ? (reader ?? account) : account
    return { accountId, collector: cell.collector, region: cell.region }
  })
  const round = await startRound(access, { connectionId: connection, kind: 'single', slot: null, tasks })
  if (ownChecks) await transaction(tx => checkAfterRound(tx, account, round))
  return { round }
}
