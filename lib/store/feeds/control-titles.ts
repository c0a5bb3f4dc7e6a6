import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

interface Title {
  control: string
  title: string
}

/** How long to wait for another writer of titles. */
const BUSY_MS = 5

/**
 * Stores the titles that findings of a control have had, for the text search. Writers take turns and wait outside the
 * database, since imports of different accounts report the same titles.
 */
export async function noteTitles(_job: JobAccess, titles: readonly Title[]): Promise<void> {
  let unknown = await unknownOf(titles)
  while (unknown.length > 0 && !(await insert(unknown))) {
    await sleep(BUSY_MS)
    unknown = await unknownOf(unknown)
  }
}

async function unknownOf(titles: readonly Title[]): Promise<Title[]> {
  if (titles.length === 0) return []
  const { controls, names } = toColumns(titles)
  return runIn<Title>(
    pool(),
    sql`SELECT DISTINCT t.control, t.title FROM unnest(${controls}::text[], ${names}::text[]) AS t(control, title)
      WHERE NOT EXISTS (SELECT FROM control_title c WHERE c.control = t.control AND c.title = t.title)`,
    'unknown-titles',
  )
}

/** Returns false if another writer holds the lock. */
async function insert(titles: readonly Title[]): Promise<boolean> {
  return transaction(
    async tx => {
      const rows = await runIn<{ mine: boolean }>(
        tx,
        sql`SELECT pg_try_advisory_xact_lock(hashtextextended('control-titles', 0)) AS mine`,
      )
      if (!rows[0]?.mine) return false
      const { controls, names } = toColumns(titles)
      await executeIn(
        tx,
        sql`INSERT INTO control_title (control, title) SELECT DISTINCT control, title
          FROM unnest(${controls}::text[], ${names}::text[]) AS t(control, title) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      )
      return true
    },
    // Lost in a crash only together with the batch that stores the findings, which is committed later.
    { step: true },
  )
}

function toColumns(titles: readonly Title[]): { controls: string[]; names: string[] } {
  return { controls: titles.map(({ control }) => control), names: titles.map(({ title }) => title) }
}
