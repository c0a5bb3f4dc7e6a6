import { pool } from '../../../lib/db'

/** Tables that record requests, visits, issued tokens and refusals, and the hash chain over the history. */
const NOT_COMPARED = /^(audit_entry|audit_throttle|passkey_challenge|source_opening|chain_.*|_prisma_migrations)$/
/** Columns that record the use of a session or token. */
const USE = ['last_used_at', 'refused_at', 'refused_reason']

let statements: { all: string; account: string } | null = null

async function statementsOf() {
  const { rows } = await pool().query<{ name: string; by_account: boolean }>(
    `SELECT t.table_name AS name, EXISTS (SELECT FROM information_schema.columns c
       WHERE c.table_schema = 'public' AND c.table_name = t.table_name AND c.column_name = 'account_id') AS by_account
     FROM information_schema.tables t WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  )
  const compared = rows.filter(({ name }) => !NOT_COMPARED.test(name))
  const part = (name: string, where = '') =>
    `SELECT '${name}' AS name, md5(coalesce(string_agg(line, ',' ORDER BY line), '')) AS digest
     FROM (SELECT (to_jsonb(t) - '{${USE.join(',')}}'::text[])::text AS line FROM "${name}" t ${where}) AS l`
  return {
    all: compared.map(({ name }) => part(name)).join(' UNION ALL '),
    account: compared
      .filter(table => table.by_account)
      .map(({ name }) => part(name, 'WHERE t.account_id = $1'))
      .join(' UNION ALL '),
  }
}

/** A digest of the rows of every table, or of one account's: a refused request does not change it. */
export async function rowsNow(account?: string): Promise<Record<string, string>> {
  statements ??= await statementsOf()
  const statement = account
    ? { name: 'rows-of-account', text: statements.account, values: [account] }
    : { name: 'rows', text: statements.all }
  const { rows } = await pool().query<{ name: string; digest: string }>(statement)
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}

/** Names of tables whose rows differ. */
export function changedTables(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter(name => before[name] !== after[name])
}
