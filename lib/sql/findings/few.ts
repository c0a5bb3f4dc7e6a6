import 'server-only'
import type { FindingFilter } from '../../domain/findings/filter'
import { packageOf, searchKey, tagsOf } from '../../domain/findings/search/search-texts'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { storable } from './among'

const { sql } = Prisma

/** One of several conditions that each have an index of their own. */
export interface Alternative {
  condition: Prisma.Sql
  /** Whether to read all that meet it and sort them, instead of walking an index in order. */
  few: boolean
  /** Whether severe findings alone have an index of it (SEVERE), so that a list by severity can read all of these first. */
  severe?: true
}

/** About as many rows as a list reads before it has a page and a count. */
export const WALKED = 1_000
/** Rows that are read and sorted in about a tenth of a second. */
const READ = 60_000

/**
 * Whether a source, tags or packages of `filter` select few findings, by the statistics of the table. A list walks an index in its order
 * and passes 1 / share rows for each that it finds; the planner takes values that the statistics lack for half a percent of all rows, and
 * would walk through millions for one that no finding has. Without statistics the planner decides.
 */
export async function selectsFew(filter: FindingFilter): Promise<boolean> {
  return isAnyFew([
    { name: 'sources', elements: filter.source },
    { name: 'search_keys', elements: filter.tag.filter(storable).flatMap(tagsOf).map(searchKey) },
    { name: 'search_keys', elements: filter.package.filter(storable).map(name => searchKey(packageOf(name))) },
  ])
}

/** Whether few findings have one of these keys of texts. */
export function haveFew(keys: readonly string[]): Promise<boolean> {
  return isAnyFew([{ name: 'search_keys', elements: keys }])
}

/** Whether few findings are of these sources. */
export function haveFewOf(sources: readonly string[]): Promise<boolean> {
  return isAnyFew([{ name: 'sources', elements: sources }])
}

interface Elements {
  /** A column of arrays. */
  name: string
  elements: readonly (string | number)[]
}

async function isAnyFew(columns: readonly Elements[]): Promise<boolean> {
  const groups = columns.filter(({ elements }) => elements.length > 0)
  if (groups.length === 0) return false
  const rows = await readPrimary<{ rows: number; share: number }>(sql`
    SELECT c.reltuples::float8 AS rows, (
      SELECT coalesce(sum(m.share), 0)::float8 FROM unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS m(value, share)
      WHERE m.value = ANY(g.elements)) AS share
    FROM jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) AS g(name text, elements text[])
    JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = 'finding' AND s.attname = g.name
    JOIN pg_class c ON c.oid = 'finding'::regclass`)
  // Beyond this share, reading all matches takes longer than the walk. Up to some ten thousand rows they are read in any case: matches
  // that are all of low severity stand at the end of a walk.
  const limit = (all: number) => Math.max(Math.sqrt(WALKED / Math.max(all, WALKED)), Math.min(0.1, READ / all))
  return rows.some(({ rows: all, share }) => share < limit(all))
}
