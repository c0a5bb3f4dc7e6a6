import pg from 'pg'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { type Digests, digestsOf } from './digest'
import type { Product } from './product'
import { type Plan, Sequence } from './sequence'
import { until } from './wait'

const SETTLED_MS = 180_000

/** Where the rows of a run are kept for comparison. */
export const folderOf = (name: string) => fromRoot('test-results/chaos', name)

/**
 * Runs `least` rounds or more, as long as `disturb` goes on, waits until nothing is left to do, stops the product in order, and
 * returns the digests of its tables. Throws where `hinomi check` or `hinomi verify` finds a difference.
 */
export async function runRounds(
  product: Product,
  plan: Plan,
  { name, least, disturb }: { name: string; least: number; disturb: (sequence: Sequence) => Promise<void> },
): Promise<{ digests: Digests; rounds: number }> {
  const sequence = new Sequence(product.api, plan)
  let disturbing = true
  const disturbed = disturb(sequence).finally(() => {
    disturbing = false
  })
  const rounds = (async () => {
    while (disturbing || sequence.rounds < least) {
      await sequence.round()
      // The database may be away; the next round asks again.
      await requestChecks(product).catch(() => undefined)
    }
  })()
  await Promise.all([disturbed, rounds])
  await product.untilHealthy(SETTLED_MS)
  await settle(product)
  await product.stop()
  const digests = await product.withDatabase(async url => {
    // Both fail where they find something.
    await product.command('check')
    await product.command('verify')
    return digestsOf(url, folderOf(name))
  })
  return { digests, rounds: sequence.rounds }
}

/** Makes Hinomi's own checks due in every account that reports anything. */
async function requestChecks(product: Product): Promise<void> {
  const client = new pg.Client({ connectionString: product.databaseUrl() })
  try {
    await client.connect()
    await client.query(
      `INSERT INTO check_run (account_id, due_at) SELECT DISTINCT account_id, now() FROM feed
        ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at`,
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Waits until the jobs have done what the last import and the last change left to them, and until the checks have run after it. */
export async function settle(product: Product): Promise<void> {
  await requestChecks(product)
  const client = new pg.Client({ connectionString: product.databaseUrl() })
  await client.connect()
  try {
    await until('the jobs have nothing left to do', SETTLED_MS, async () => {
      const { rows } = await client.query<{ left: boolean }>(
        `SELECT exists (SELECT FROM import WHERE state NOT IN ('receiving', 'done', 'failed'))
           OR exists (SELECT FROM check_run WHERE due_at IS NOT NULL)
           OR exists (SELECT FROM exception WHERE pending)
           OR exists (SELECT FROM finding WHERE due_at < now() AND NOT overdue AND status IN ('new', 'acknowledged', 'in_progress')) AS left`,
      )
      return rows[0]?.left ? null : true
    })
  } finally {
    await client.end()
  }
}
