import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import type { SearchText } from '../../domain/findings/search/search-texts'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Stores the texts that findings have had, by key, for the text search. In the order of their keys, so that two writers of the same
 * texts wait for each other for a moment, and never both.
 */
export async function noteTexts(_job: JobAccess, texts: ReadonlyMap<string, SearchText>): Promise<void> {
  if (texts.size === 0) return
  const known = await runIn<{ id: string }>(
    pool(),
    sql`SELECT id::text AS id FROM search_text WHERE id = ANY(${[...texts.keys()]}::bigint[])`,
    'known-texts',
  )
  const present = new Set(known.map(row => row.id))
  const unknown = [...texts].filter(([id]) => !present.has(id)).sort(([a], [b]) => Number(a) - Number(b))
  if (unknown.length === 0) return
  await transaction(
    async tx => {
      await executeIn(
        tx,
        sql`INSERT INTO search_text (id, kind, text) SELECT t.id, t.kind, t.text
          FROM unnest(${unknown.map(([id]) => id)}::bigint[], ${unknown.map(([, { kind }]) => kind)}::text[],
            ${unknown.map(([, { text }]) => text)}::text[]) WITH ORDINALITY AS t(id, kind, text, n) ORDER BY t.n
          ON CONFLICT DO NOTHING`,
      )
    },
    // Lost in a crash only together with the batch that stores the findings, which is committed later.
    { step: true },
  )
}
