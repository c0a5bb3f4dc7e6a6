import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { resourceRegions } from '../../lib/store/feeds/resource-regions'
import { allowClosings, asff, at, complete, job, newAccount, partial, type RecordParts } from './support-ingest'
import { custom } from './support-records'

beforeAll(allowClosings)
afterAll(closeDatabase)

const RECORDS = 1500
const MOST = 100

/** Rows that connections which have ended read, by index or not. */
async function rowsRead(): Promise<number> {
  // A connection reports its statistics when it ends.
  await closeDatabase()
  const { rows } = await pool().query<{ n: number }>(
    `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_user_tables WHERE relname IN ('finding', 'sighting')`,
  )
  return rows[0]?.n ?? 0
}

const each = <T>(make: (n: number) => T) => Array.from({ length: RECORDS }, (_, n) => make(n))

/** The successive reports of a new account. */
const tools: [string, (account: string) => (() => Promise<unknown>)[]][] = [
  [
    'a tool that names its checks',
    account => {
      const records = (parts: Partial<RecordParts> = {}) => each(n => asff({ account, resource: `r${n}`, ...parts }))
      return [
        () => complete(records(), at(2)),
        () => complete(records({ title: 'Changed', updatedAt: at(2) }), at(3)),
        () => complete(records().slice(0, RECORDS / 2), at(4)),
        () => complete(records().slice(0, 1), at(5)),
        () => partial(records({ status: 'PASSED', updatedAt: at(5) }), at(6)),
        () => partial(records({ title: 'Late' }), at(1)),
      ]
    },
  ],
  [
    'a tool that names its records anew at each run',
    account => {
      const records = (run: string, status?: 'FAILED' | 'PASSED') =>
        each(n => custom({ account, resource: `c${n}`, id: `${run}/${n}`, ...(status && { status }) }))
      return [
        () => complete(records('1'), at(2)),
        () => complete(records('2'), at(3)),
        () => complete(records('3', 'PASSED'), at(4)),
        () => partial(records('4', 'FAILED'), at(1)),
        () => resourceRegions(job, account),
      ]
    },
  ],
]

// The statistics know nothing at all, and then every account but the one that reports.
describe.each(['that was never analysed', 'that was analysed before'])('in a database %s', state => {
  beforeAll(async () => {
    if (state === 'that was analysed before') await pool().query('ANALYZE')
  })
  test.each(tools)(
    'the rows read for a report of %s grow with its records, not with their square',
    async (_tool, reports) => {
      let before = await rowsRead()
      for (const [step, report] of reports(newAccount()).entries()) {
        await report()
        const now = await rowsRead()
        expect((now - before) / RECORDS, `rows for each record of report ${step + 1}`).toBeLessThan(MOST)
        before = now
      }
    },
    120_000,
  )
})
