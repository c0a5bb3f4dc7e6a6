import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** How long to wait for another writer. */
const BUSY_MS = 5

interface Shared<Row> {
  rows: readonly Row[]
  /** Those of the rows that are not stored. */
  unknownOf(rows: readonly Row[]): Promise<Row[]>
  insert(tx: PoolClient, rows: readonly Row[]): Promise<unknown>
}

/**
 * Stores rows that imports of different accounts have in common, and that are never changed. Writers take turns and
 * wait outside the database, where one would wait for the whole transaction of another. `lock` names the turn.
 */
export async function storeInTurns<Row>(lock: string, { rows, unknownOf, insert }: Shared<Row>): Promise<void> {
  for (let unknown = await unknownOf(rows); unknown.length > 0; unknown = await unknownOf(unknown)) {
    const mine = await transaction(
      async tx => {
        const [turn] = await runIn<{ mine: boolean }>(
          tx,
          sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${lock}, 0)) AS mine`,
        )
        if (turn?.mine) await insert(tx, unknown)
        return turn?.mine ?? false
      },
      // Lost in a crash only together with the batch that stores the findings, which is committed later.
      { step: true },
    )
    if (mine) return
    await sleep(BUSY_MS)
  }
}
