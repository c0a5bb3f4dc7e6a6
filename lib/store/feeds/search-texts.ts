import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import type { SearchText } from '../../domain/findings/search/search-texts'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import { storeInTurns } from './in-turns'

const { sql } = Prisma

type KeyedText = readonly [id: string, text: SearchText]

/** Stores the texts that findings have had, by key, for the text search. */
export async function noteTexts(_job: JobAccess, texts: ReadonlyMap<string, SearchText>): Promise<void> {
  await storeInTurns<KeyedText>('search-texts', {
    rows: [...texts],
    unknownOf,
    insert: (tx, unknown) =>
      executeIn(
        tx,
        sql`INSERT INTO search_text (id, kind, text) SELECT t.id, t.kind, t.text
          FROM unnest(${idsOf(unknown)}::bigint[], ${unknown.map(([, { kind }]) => kind)}::text[],
            ${unknown.map(([, { text }]) => text)}::text[]) AS t(id, kind, text) ORDER BY t.id
          ON CONFLICT DO NOTHING`,
      ),
  })
}

async function unknownOf(texts: readonly KeyedText[]): Promise<KeyedText[]> {
  if (texts.length === 0) return []
  const rows = await runIn<{ id: string }>(
    pool(),
    sql`SELECT id::text AS id FROM search_text WHERE id = ANY(${idsOf(texts)}::bigint[])`,
    'known-texts',
  )
  const known = new Set(rows.map(({ id }) => id))
  return texts.filter(([id]) => !known.has(id))
}

function idsOf(texts: readonly KeyedText[]): string[] {
  return texts.map(([id]) => id)
}
