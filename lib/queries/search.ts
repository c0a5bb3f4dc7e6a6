import 'server-only'
import { type Access, accountFilter } from '../access/proof'
import type { AccountId } from '../domain/accounts/account-id'
import { controlsTitled } from '../domain/controls/text/titles'
import { everyFinding, FindingId } from '../domain/findings/filter'
import { type Severity, toSeverity } from '../domain/findings/severity'
import type { Environment } from '../domain/people/team'
import type { FindingRow, Person } from '../domain/views'
import { Prisma } from '../generated/prisma/client'
import { contains } from '../sql/contains'
import { openStatusSql } from '../sql/findings/open'
import { read } from '../sql/read'
import { accountContains } from './accounts/list'
import { accountInScope } from './accounts/rows'
import { findingOf, listFindings } from './findings/list'
import { searchAssignable } from './people/assignable-members'

const { sql } = Prisma
const shown = 8
const controlsShown = 1_000

export interface SearchResult {
  accounts: { id: AccountId; name: string; environment: Environment | null }[]
  findings: FindingRow[]
  controls: { id: string; title: string; severity: Severity }[]
  people: Person[]
}

/** The first eight accounts, open findings, controls and members that contain a text. A finding's whole id gives that finding, open or not. */
export async function searchEverywhere(access: Access<'findings:read'>, text: string): Promise<SearchResult> {
  const query = text.trim().slice(0, 200)
  if (query === '' || contains(query) === null) return { accounts: [], findings: [], controls: [], people: [] }
  const id = FindingId.safeParse(query.toLowerCase())
  if (id.success) return { accounts: [], findings: await findingOf(access, id.data), controls: [], people: [] }
  const [accounts, findings, controls, people] = await Promise.all([
    read<SearchResult['accounts'][number]>(sql`
      SELECT a.id, a.name, a.environment FROM account a WHERE ${accountInScope(access)} AND ${accountContains(query)}
      ORDER BY (a.id = ${query}) DESC, lower(a.name), a.id LIMIT ${shown}`),
    listFindings(access, { ...everyFinding, text: query }, { cursor: null, limit: shown }),
    controlsOf(access, query, shown),
    searchAssignable(access, query, shown),
  ])
  return { accounts, findings: findings.rows, controls, people }
}

/**
 * Ids of the controls that have open findings in scope, in order, at most 1,000. For readers who see every account they are read by
 * skipping from one to the next in the index: reading the entry of each finding would take longer with every finding.
 */
export async function listControls(access: Access<'findings:read'>): Promise<string[]> {
  const open = sql`f.status IN (${openStatusSql})`
  const scope = accountFilter(access)
  const rows = await read<{ control: string }>(
    scope === null
      ? sql`WITH RECURSIVE c(control) AS (
          (SELECT f.control FROM finding f WHERE ${open} ORDER BY f.control LIMIT 1)
          UNION ALL
          SELECT (SELECT f.control FROM finding f WHERE ${open} AND f.control > c.control ORDER BY f.control LIMIT 1)
          FROM c WHERE c.control IS NOT NULL
        ) SELECT control FROM c WHERE control IS NOT NULL LIMIT ${controlsShown}`
      : sql`SELECT DISTINCT f.control FROM finding f WHERE ${open} AND f.account_id = ANY(${scope}::text[])
          ORDER BY 1 LIMIT ${controlsShown}`,
  )
  return rows.map(row => row.control)
}

/** Controls whose id or title contains the text and that have open findings in scope; those whose id begins with it come first. */
async function controlsOf(
  access: Access<'findings:read'>,
  text: string,
  limit: number,
): Promise<SearchResult['controls']> {
  const scope = accountFilter(access)
  const pattern = contains(text)
  if (pattern === null) return []
  const inScope = scope === null ? sql`TRUE` : sql`f.account_id = ANY(${scope}::text[])`
  // Titles of threats name resources: readers who do not see every account get only titles of their own findings.
  const titled = sql`(t.control ILIKE ${pattern} OR t.control = ANY(${controlsTitled(text)}::text[]))`
  const matches = scope === null ? sql`(t.title ILIKE ${pattern} OR ${titled})` : titled
  const rows = await read<{ id: string; title: string; severity: number }>(sql`
    SELECT c.control AS id, worst.title, worst.severity
    FROM (SELECT DISTINCT t.control, t.control ILIKE ${pattern.slice(1)} AS begins FROM control_title t WHERE ${matches}) AS c
    CROSS JOIN LATERAL (SELECT f.title, f.severity FROM finding f
      WHERE f.status IN (${openStatusSql}) AND f.control = c.control AND ${inScope}
      ORDER BY f.severity DESC LIMIT 1) AS worst
    ORDER BY c.begins DESC, c.control LIMIT ${limit}`)
  return rows.map(row => ({ ...row, severity: toSeverity(row.severity) }))
}
