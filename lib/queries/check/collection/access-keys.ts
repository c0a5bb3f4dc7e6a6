import 'server-only'
import type { StoredResource } from '../../../domain/access-keys/iam-resources'
import { LEDGER_COLLECTOR, ledgerOf, ledgerTypes } from '../../../domain/access-keys/ledger'
import { Prisma } from '../../../generated/prisma/client'
import { read } from '../../../sql/read'
import type { Differences } from '../differences'

const { sql } = Prisma

interface StoredKey {
  id: string
  active: boolean
  score: number
  judged: string
}

/**
 * Compares the ledger of access keys with the resources that it is made from, account by account, and its times with each other. Accounts
 * whose import has not ended are left out: the ledger follows at its end.
 */
export async function checkAccessKeys(differences: Differences): Promise<void> {
  const accounts = await read<{ id: string }>(
    sql`SELECT DISTINCT s.account_id AS id FROM asset s WHERE s.collector = ${LEDGER_COLLECTOR}
        AND NOT EXISTS (SELECT FROM import i WHERE s.account_id = ANY(i.accounts) AND i.state IN ('queued', 'running'))
        AND NOT EXISTS (SELECT FROM asset other JOIN import i ON i.id = other.import_id
          WHERE other.account_id = s.account_id AND other.collector = s.collector AND i.state <> 'done')
      UNION SELECT DISTINCT k.account_id FROM access_key k
        WHERE NOT EXISTS (SELECT FROM asset s WHERE s.account_id = k.account_id AND s.collector = ${LEDGER_COLLECTOR})
        AND NOT EXISTS (SELECT FROM import i WHERE k.account_id = ANY(i.accounts) AND i.state IN ('queued', 'running'))
      ORDER BY 1`,
  )
  for (const { id } of accounts) await checkAccount(id, differences)
  await differences.run([
    {
      check: 'accessKeyPeriod',
      sql: sql`SELECT p.account_id || ' ' || p.key_id AS of, p.started_at || ' ' || p.ended_at AS shown, k.started_at::text AS recomputed
        FROM access_key_period p LEFT JOIN access_key k ON k.account_id = p.account_id AND k.id = p.key_id
        WHERE k.id IS NULL OR p.ended_at <= p.started_at OR p.ended_at > k.started_at`,
    },
  ])
}

async function checkAccount(accountId: string, differences: Differences): Promise<void> {
  const resources = await read<StoredResource & { type: string }>(
    sql`SELECT type, arn, name, data FROM asset WHERE type = ANY(${[...ledgerTypes]}::text[]) AND account_id = ${accountId}
        AND collector = ${LEDGER_COLLECTOR} ORDER BY arn`,
  )
  const stored = await read<StoredKey>(
    sql`SELECT id, active, score::int AS score, judged FROM access_key WHERE account_id = ${accountId} AND gone_at IS NULL`,
  )
  const shown = new Map(stored.map(key => [key.id, textOf(key)]))
  for (const { id, active, score, use } of ledgerOf(resources)) {
    differences.compare('accessKey', `${accountId} ${id}`, shown.get(id) ?? '-', textOf({ active, score, judged: use }))
    shown.delete(id)
  }
  for (const [id, text] of shown) differences.compare('accessKey', `${accountId} ${id}`, text, '-')
}

function textOf({ active, score, judged }: Omit<StoredKey, 'id'>): string {
  return `${active ? 'active' : 'inactive'} ${score} ${judged}`
}
