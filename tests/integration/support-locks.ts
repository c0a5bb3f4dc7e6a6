import type { PoolClient } from 'pg'
import { pool } from '../../lib/db'
import { lockAccounts } from '../../lib/store/accounts/lock'

/** Takes the locks of a statement on a separate connection. The returned function releases them. */
export async function holding(text: string, values: unknown[] = []): Promise<() => Promise<void>> {
  return holdingBy(client => client.query(text, values))
}

export function holdingAccount(id: string): Promise<() => Promise<void>> {
  return holdingBy(client => lockAccounts(client, [id]))
}

async function holdingBy(lock: (client: PoolClient) => Promise<unknown>): Promise<() => Promise<void>> {
  const client: PoolClient = await pool().connect()
  await client.query('BEGIN')
  await lock(client)
  return async () => {
    await client.query('ROLLBACK')
    client.release()
  }
}

/** Resolves with the process ids once `n` connections to this database wait for a lock. Throws after five seconds. */
export async function waiting(n: number): Promise<number[]> {
  for (let tries = 0; tries < 500; tries++) {
    const { rows } = await pool().query<{ pid: number }>(
      `SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE NOT l.granted AND a.datname = current_database()`,
    )
    if (rows.length >= n) return rows.map(row => row.pid)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error(`fewer than ${n} wait for a lock`)
}
