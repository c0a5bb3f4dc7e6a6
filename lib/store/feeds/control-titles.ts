import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import { storeInTurns } from './in-turns'

const { sql } = Prisma

interface Title {
  control: string
  title: string
}

/** Stores the titles that findings of a control have had, for the text search. */
export async function noteTitles(_job: JobAccess, titles: readonly Title[]): Promise<void> {
  await storeInTurns('control-titles', {
    rows: titles,
    unknownOf,
    insert(tx, unknown) {
      const { controls, names } = toColumns(unknown)
      return executeIn(
        tx,
        sql`INSERT INTO control_title (control, title) SELECT DISTINCT control, title
          FROM unnest(${controls}::text[], ${names}::text[]) AS t(control, title) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      )
    },
  })
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

function toColumns(titles: readonly Title[]): { controls: string[]; names: string[] } {
  return { controls: titles.map(({ control }) => control), names: titles.map(({ title }) => title) }
}
