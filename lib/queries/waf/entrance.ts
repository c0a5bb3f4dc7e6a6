import 'server-only'
import type { Access } from '../../access/proof'
import { countingOf, type RuleRecord } from '../../domain/waf/rows'
import { AclMetrics, ownValue } from '../../domain/waf/rules/shapes'
import type { AclView, EntranceRow, EntranceView } from '../../domain/waf/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { isWritten } from '../../sql/written-assets'
import { accountInScope } from '../accounts/rows'
import { entranceColumns, entrancesFrom } from './rows'

const { sql } = Prisma

interface StoredAcl extends Omit<AclView, 'rules' | 'days' | 'all'> {
  rules: RuleRecord[]
  counting: object
  metrics: unknown
}

/** An entrance with its web ACL. Throws NotFoundError outside the reader's accounts. */
export async function getEntrance(
  access: Access<'findings:read'>,
  { account, id }: { account: string; id: string },
): Promise<EntranceView> {
  const [row] = await read<EntranceRow>(
    sql`SELECT ${entranceColumns} ${entrancesFrom}
      WHERE e.account_id = ${account} AND e.id = ${id}::uuid AND ${accountInScope(access)}`,
  )
  if (!row) throw new NotFoundError()
  return { ...row, webAcl: row.acl ? await getAcl(account, row.acl.id) : null }
}

async function getAcl(account: string, id: string): Promise<AclView | null> {
  const [stored] = await read<StoredAcl>(
    sql`SELECT w.name, w.arn, w.region, w.mode, w.rules, w.rules_since AS "rulesSince", w.counting, (
        SELECT s.data FROM asset s WHERE s.account_id = w.account_id AND ${isWritten(sql`s`, 'AWS::WAFv2::WebACLMetrics')}
          AND s.arn = w.arn || '#metrics' LIMIT 1) AS metrics
      FROM web_acl w WHERE w.account_id = ${account} AND w.id = ${id}::uuid`,
  )
  if (!stored) return null
  const { rules, counting, metrics, ...acl } = stored
  const since = countingOf(counting)
  const found = AclMetrics.safeParse(metrics).data
  return {
    ...acl,
    rules: rules.map(rule => {
      const sums = ownValue(found?.rules, rule.metric) ?? null
      return { ...rule, countingSince: ownValue(since, rule.name) ?? null, sums }
    }),
    days: found?.days ?? [],
    all: found?.rules.ALL ?? null,
  }
}
