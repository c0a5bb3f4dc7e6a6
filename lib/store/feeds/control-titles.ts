import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'

interface Title {
  control: string
  title: string
}

/** Somebody else notes titles for a few milliseconds. */
const BUSY_MS = 5

/**
 * Keeps the titles that findings of a control have had, for the text search. One at a time, and not by waiting in the database: imports
 * of different accounts meet the same titles.
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
  const { rows } = await pool().query<Title>({
    name: 'unknown-titles',
    text: `SELECT DISTINCT t.control, t.title FROM unnest($1::text[], $2::text[]) AS t(control, title)
           WHERE NOT EXISTS (SELECT FROM control_title c WHERE c.control = t.control AND c.title = t.title)`,
    values: columns(titles),
  })
  return rows
}

/** False where somebody else is at it. */
async function insert(titles: readonly Title[]): Promise<boolean> {
  return transaction(
    async client => {
      const { rows } = await client.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended('control-titles', 0)) AS mine`,
      )
      if (!rows[0]?.mine) return false
      await client.query(
        `INSERT INTO control_title (control, title) SELECT DISTINCT control, title
         FROM unnest($1::text[], $2::text[]) AS t(control, title) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
        columns(titles),
      )
      return true
    },
    // The batch that stores the findings is committed behind it.
    { step: true },
  )
}

function columns(titles: readonly Title[]): [string[], string[]] {
  return [titles.map(({ control }) => control), titles.map(({ title }) => title)]
}
