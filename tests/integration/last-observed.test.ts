import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { FindingFilter, SORTED_BY_REPORT } from '../../lib/domain/findings/filter'
import { exportFindings } from '../../lib/queries/findings/export/export'
import { listFindings } from '../../lib/queries/findings/list'
import { asff, at, complete, job, newAccount, partial, prowler } from './support-ingest'

const account = newAccount()
const one = (resource: string) => asff({ account, resource })

beforeAll(async () => {
  await complete([one('a'), one('b'), one('c')], at(2))
  await complete([prowler({ account, resource: 'b' })], at(4))
  // An empty report closes nothing, and confirms nothing.
  await complete([], at(5), { source: 'security-hub', account })
  await partial([one('c')], at(6))
  await partial([prowler({ account, resource: 'd' })], at(7))
}, 60_000)
afterAll(closeDatabase)

async function listed(filter: Partial<FindingFilter>): Promise<string[]> {
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page = await listFindings(job, FindingFilter.parse({ account: [account], ...filter }), { cursor, limit: 2 })
    names.push(...page.rows.map(({ resourceId }) => resourceId.replace('arn:aws:s3:::', '')))
    cursor = page.next
  } while (cursor !== null)
  return names
}

/** Each finding with its last observation, as its export says it. */
async function exported(): Promise<Map<string, Date | null>> {
  const found = new Map<string, Date | null>()
  for await (const rows of exportFindings(job, FindingFilter.parse({ account: [account] })))
    for (const row of rows) found.set(row.resourceId.replace('arn:aws:s3:::', ''), row.lastObservedAt)
  return found
}

test('a list by the last report has the order of the last observations, over all pages', async () => {
  const dated = await exported()
  expect(Object.fromEntries(dated)).toEqual({ a: at(2), b: at(4), c: at(6), d: at(7) })
  const last = [...dated].sort(([, a], [, b]) => (a?.getTime() ?? 0) - (b?.getTime() ?? 0))
  const times = last.map(([name]) => name)
  expect(await listed({ sort: 'stale' })).toEqual(times)
  expect(await listed({ sort: 'recent' })).toEqual(times.toReversed())
})

test('a filter by the last report selects what the export dates so', async () => {
  const all = [...(await exported())]
  const days = [
    '2026-06-01',
    '2026-06-02',
    '2026-06-03',
    '2026-06-04',
    '2026-06-05',
    '2026-06-06',
    '2026-06-07',
    '2026-06-08',
  ]
  for (const day of days) {
    const start = new Date(`${day}T00:00:00Z`)
    const end = new Date(start.getTime() + 86_400_000)
    const since = all.filter(([, time]) => time !== null && time >= start).map(([name]) => name)
    const until = all.filter(([, time]) => time !== null && time < end).map(([name]) => name)
    expect((await listed({ lastObservedFrom: day })).sort(), `since ${day}`).toEqual(since.sort())
    expect((await listed({ lastObservedTo: day })).sort(), `until ${day}`).toEqual(until.sort())
  }
})

test('a cursor of the other order is refused', async () => {
  const filter = FindingFilter.parse({ account: [account], sort: 'stale' })
  const { next } = await listFindings(job, filter, { cursor: null, limit: 1 })
  await expect(listFindings(job, { ...filter, sort: 'recent' }, { cursor: next, limit: 1 })).rejects.toMatchObject({
    field: 'cursor',
  })
})

test('more findings than can be sorted by their reports are refused, and still listed in other orders', async () => {
  const many = newAccount()
  await complete([asff({ account: many })], at(2))
  await pool().query(
    `INSERT INTO finding SELECT (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid(), 'sequence', nextval('finding_sequence_seq')))).*
       FROM finding f, generate_series(1, $2) WHERE f.account_id = $1`,
    [many, SORTED_BY_REPORT],
  )
  const filter = FindingFilter.parse({ account: [many] })
  const refused = { code: 'invalid', reason: 'tooManyToSort', field: 'sort' }
  await expect(listFindings(job, { ...filter, sort: 'stale' }, { cursor: null, limit: 5 })).rejects.toMatchObject(
    refused,
  )
  expect((await listFindings(job, filter, { cursor: null, limit: 5 })).rows).toHaveLength(5)
})
