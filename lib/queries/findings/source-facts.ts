import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { accountOfPrincipal } from '../../domain/accounts/account-id'
import type { Facts } from '../../domain/findings/facts'
import type { FindingClass } from '../../domain/imports/outcome'
import type { FindingDetail } from '../../domain/views'
import { isOutdated } from '../../domain/vulnerabilities/known-exploited'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { knownExploited } from '../../sql/vulnerabilities/known-exploited'

const { sql } = Prisma

/** What the stored data adds to the facts of a source. */
type Context = Pick<FindingDetail, 'knownExploit' | 'elsewhere' | 'principalAccounts'>

/** The context of a finding's facts, limited to accounts that the reader may see. */
export async function contextOf(
  access: Access<'findings:read'>,
  finding: { accountId: string; uuid: string; class: FindingClass; control: string },
  facts: Facts | null,
): Promise<Context> {
  const isVulnerability = finding.class === 'vulnerability'
  const [knownExploit, elsewhere, principalAccounts] = await Promise.all([
    isVulnerability ? knownExploitOf(finding.control) : null,
    isVulnerability ? elsewhereOf(access, finding) : null,
    facts?.kind === 'access' ? accountsOf(access, facts.principals) : [],
  ])
  return { knownExploit, elsewhere, principalAccounts }
}

async function knownExploitOf(control: string): Promise<Context['knownExploit']> {
  const { released, byCve } = await knownExploited()
  const found = byCve.get(control)
  const list = { released, outdated: isOutdated(released, now()) }
  if (!found) return { listed: null, ...list }
  const { added, due, ransomware } = found
  return { listed: { added, due, ransomware }, ...list }
}

/** Other open findings of the same vulnerability. */
async function elsewhereOf(
  access: Access<'findings:read'>,
  { accountId, uuid, control }: { accountId: string; uuid: string; control: string },
): Promise<Context['elsewhere']> {
  const [row] = await read<{ findings: number; accounts: number }>(sql`
    SELECT count(*)::int AS findings, count(DISTINCT f.account_id)::int AS accounts FROM finding f
    WHERE f.control = ${control} AND f.status IN (${openStatusSql}) AND ${inScope(access)}
      AND (f.account_id, f.id) <> (${accountId}, ${uuid}::uuid)`)
  return row ?? null
}

/** The accounts of the organization that principals belong to. A reader of some accounts learns that one is known, not its name. */
async function accountsOf(
  access: Access<'findings:read'>,
  principals: readonly { id: string }[],
): Promise<Context['principalAccounts']> {
  const ids = principals.flatMap(({ id }) => accountOfPrincipal(id) ?? [])
  if (ids.length === 0) return []
  const rows = await read<{ id: string; name: string }>(
    sql`SELECT id, name FROM account WHERE id = ANY(${[...new Set(ids)]}::text[]) AND closed_at IS NULL ORDER BY id`,
  )
  const visible = accountFilter(access)
  return rows.map(({ id, name }) => ({ id, name: visible === null || visible.includes(id) ? name : '' }))
}
