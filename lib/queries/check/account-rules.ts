import 'server-only'
import { AccountRules, applyRules, ruledFields } from '../../domain/accounts/rules'
import type { Team } from '../../domain/people/team'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { ruledAccounts } from '../accounts/rules'
import type { Differences } from './differences'

/** Checks that fields of accounts that no person set follow the account rules. */
export async function checkAccountRules(teams: readonly Team[], differences: Differences): Promise<void> {
  const [row] = await read<{ policy: unknown }>(
    Prisma.sql`SELECT value -> 'policy' AS policy FROM setting WHERE key = 'account-rules'`,
  )
  const rules = row ? AccountRules.parse(row.policy) : []
  for (const account of await ruledAccounts()) {
    const ruled = applyRules(account, rules, teams)
    for (const field of ruledFields) {
      const text = (value: unknown, rule: string | null | undefined) => `${value ?? '-'} (${rule ?? '-'})`
      differences.compare(
        'accountRules',
        `${account.id} ${field}`,
        text(account[field], account.decidedBy[field]?.rule),
        text(ruled[field], ruled.decidedBy[field]?.rule),
      )
    }
  }
}
