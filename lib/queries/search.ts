import 'server-only'
import { type Access, accountFilter } from '../access/proof'
import type { AccountId } from '../domain/account-id'
import { everyFinding, FindingId } from '../domain/finding-filter'
import { toSeverity } from '../domain/severity'
import type { Environment } from '../domain/team'
import type { FindingRow, Tally } from '../domain/views'
import { Prisma } from '../generated/prisma/client'
import { accountInScope } from './account-rows'
import { accountSays } from './accounts'
import { findingOf, listFindings } from './findings'
import { read } from './read'
import { contains } from './text'

const { sql } = Prisma
const shown = 8

export interface SearchResult {
  accounts: { id: AccountId; name: string; environment: Environment | null }[]
  findings: FindingRow[]
  controls: Tally[]
}

/** The first eight accounts, open findings and controls that contain a text. A finding's whole id gives that finding, open or not. */
export async function searchEverywhere(access: Access<'findings:read'>, text: string): Promise<SearchResult> {
  const asked = text.trim().slice(0, 200)
  if (asked === '' || contains(asked) === null) return { accounts: [], findings: [], controls: [] }
  const id = FindingId.safeParse(asked.toLowerCase())
  if (id.success) return { accounts: [], findings: await findingOf(access, id.data), controls: [] }
  const [accounts, findings, controls] = await Promise.all([
    read<SearchResult['accounts'][number]>(sql`
      SELECT a.id, a.name, a.environment FROM account a WHERE ${accountInScope(access)} AND ${accountSays(asked)}
      ORDER BY (a.id = ${asked}) DESC, lower(a.name), a.id LIMIT ${shown}`),
    listFindings(access, { ...everyFinding, text: asked }, { cursor: null, limit: shown }),
    controlsOf(access, asked, shown),
  ])
  return { accounts, findings: findings.rows, controls }
}

/** The 200 controls with most open findings in scope. The label is the title of one of them. */
export async function listControls(access: Access<'findings:read'>): Promise<Tally[]> {
  return controlsOf(access, '', 200)
}

async function controlsOf(access: Access<'findings:read'>, text: string, limit: number): Promise<Tally[]> {
  const scope = accountFilter(access)
  const inScope = scope === null ? sql`TRUE` : sql`f.account_id = ANY(${scope}::text[])`
  const pattern = contains(text)
  if (pattern === null) return []
  const says = text === '' ? sql`TRUE` : sql`f.control ILIKE ${pattern}`
  const open = sql`f.status IN ('new', 'acknowledged', 'in_progress') AND ${inScope}`
  // Controls and counts come from the index alone; only the titles of those that are shown are looked up.
  const rows = await read<{ key: string; label: string; severity: number; count: number }>(sql`
    SELECT c.control AS key, t.title AS label, c.severity, c.n AS count FROM (
      SELECT f.control, max(f.severity) AS severity, count(*)::int AS n FROM finding f WHERE ${open} AND ${says}
      GROUP BY f.control ORDER BY count(*) DESC, f.control LIMIT ${limit}
    ) AS c CROSS JOIN LATERAL (
      SELECT f.title FROM finding f WHERE f.control = c.control AND ${open} LIMIT 1
    ) AS t ORDER BY c.n DESC, c.control`)
  return rows.map(row => ({ ...row, severity: toSeverity(row.severity) }))
}
