import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'

/** Keeps the titles that findings of a control have had, for the text search. */
export async function noteTitles(
  _job: JobAccess,
  client: PoolClient,
  titles: readonly { control: string; title: string }[],
): Promise<void> {
  if (titles.length === 0) return
  await client.query(
    `INSERT INTO control_title (control, title) SELECT DISTINCT control, title
     FROM unnest($1::text[], $2::text[]) AS t(control, title) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [titles.map(({ control }) => control), titles.map(({ title }) => title)],
  )
}
