import 'server-only'
import type { FindingFilter } from '../../domain/findings/filter'
import { packageText, type SearchText, searchKey } from '../../domain/findings/search/search-texts'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { storable } from './among'

const { sql } = Prisma

/** About as many rows as a list reads before it has a page and a count. */
const WALKED = 1_000

/**
 * Whether a source, tags or packages of `filter` select few findings, by the statistics of the table. A list walks an index in its order
 * and passes 1 / share rows for each that it finds; the planner takes values that the statistics lack for half a percent of all rows, and
 * would walk through millions for one that no finding has. Without statistics the planner decides.
 */
export async function selectsFew(filter: FindingFilter): Promise<boolean> {
  const groups = [
    { name: 'sources', elements: filter.source },
    { name: 'search_keys', elements: filter.tag.filter(storable).flatMap(tagTexts).map(searchKey) },
    { name: 'search_keys', elements: filter.package.filter(storable).map(name => searchKey(packageOf(name))) },
  ].filter(({ elements }) => elements.length > 0)
  if (groups.length === 0) return false
  const rows = await readPrimary<{ rows: number; share: number }>(sql`
    SELECT c.reltuples::float8 AS rows, (
      SELECT coalesce(sum(m.share), 0)::float8 FROM unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS m(value, share)
      WHERE m.value = ANY(g.elements)) AS share
    FROM jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) AS g(name text, elements text[])
    JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = 'finding' AND s.attname = g.name
    JOIN pg_class c ON c.oid = 'finding'::regclass`)
  // Beyond this share, reading all matches takes longer than the walk.
  return rows.some(({ rows: all, share }) => share < Math.sqrt(WALKED / Math.max(all, WALKED)))
}

export const packageOf = (name: string): SearchText => ({ kind: 'package', text: packageText(name) })

/** The key of a tag, or its key and value: a key may contain an equals sign. */
export function tagTexts(text: string): SearchText[] {
  const pair: SearchText[] = text.includes('=') ? [{ kind: 'tag', text }] : []
  return [{ kind: 'tag-key', text }, ...pair]
}
