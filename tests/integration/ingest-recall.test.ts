import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import { lockAccountsSql } from '../../lib/store/accounts/lock'
import {
  asff,
  at,
  complete,
  everything,
  expectTrueCounts,
  findingOf,
  importOf,
  ingest,
  job,
  newAccount,
  partial,
  prowler,
  receive,
} from './support-ingest'

afterAll(closeDatabase)

/** Enough records that the first ones are read before the rest is looked at. */
function report(account: string, count = 30): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) =>
    asff({ account, resource: `r${n}`, ...(n % 7 === 3 ? { status: 'PASSED' } : {}) }),
  )
}

/** Changes what is stored behind the back of every import: a record that is read in full puts it right. */
async function spoil(account: string): Promise<void> {
  await pool().query(`UPDATE sighting SET content_hash = 0 WHERE account_id = $1`, [account])
}

async function spoiled(account: string): Promise<number> {
  const { rows } = await pool().query(
    'SELECT count(*)::int AS n FROM sighting WHERE account_id = $1 AND content_hash = 0',
    [account],
  )
  return rows[0].n
}

test('records that stand in the last report of their feed byte for byte are taken as read', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  await spoil(account)
  const before = await everything()
  const again = await complete(records, at(3))
  expect(again).toMatchObject({
    state: 'done',
    read: 30,
    accepted: 30,
    created: 0,
    updated: 0,
    unchanged: 26,
    passed: 4,
  })
  // The first records come before their feed is known, and are read in full.
  expect(await spoiled(account)).toBeGreaterThan(20)
  expect((await everything()).finding).toEqual(before.finding)
  await expectTrueCounts()
})

test('what changed between is read, and what is gone is closed', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const changed = records
    .slice(0, 28)
    .map((record, n) =>
      n === 20 ? asff({ account, resource: 'r20', severity: 'CRITICAL', updatedAt: at(3) }) : record,
    )
  expect(await complete(changed, at(3))).toMatchObject({ read: 28, updated: 1, unchanged: 23, resolved: 2, passed: 4 })
  expect(await findingOf(records[20] ?? {})).toMatchObject({ severity: 5, status: 'new' })
  expect(await findingOf(records[29] ?? {})).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  expect(await complete(records, at(4))).toMatchObject({ read: 30, reopened: 2 })
  await expectTrueCounts()
})

test('nothing is taken as read once another import wrote to the feed', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  await partial([asff({ account, resource: 'r25', severity: 'LOW', updatedAt: at(3) })], at(3))
  await spoil(account)
  await complete(records, at(4))
  // The newer statement of the one record stands; all others were read in full.
  expect(await spoiled(account)).toBe(1)
  expect(await findingOf(records[25] ?? {})).toMatchObject({ severity: 2 })
})

test('another feed of the same account does not disturb', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  await complete([prowler({ account, resource: 'r25', severity: 'High' })], at(3))
  await spoil(account)
  await complete(records, at(4))
  expect(await spoiled(account)).toBeGreaterThan(20)
})

test('an older report takes nothing as read', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(5))
  const changed = records.map(record => ({ ...record, Title: 'Said before' }))
  expect(await complete(changed, at(4))).toMatchObject({ updated: 0 })
  expect(await complete(changed, at(4, 1))).toMatchObject({ updated: 0 })
  expect(await findingOf(records[20] ?? {})).toMatchObject({ title: 'S3.2 should hold' })
  expect(await complete(changed, at(6))).toMatchObject({ updated: 26 })
})

test('a finding closed by hand opens again where its record is taken as read', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const closed = records[20] ?? {}
  const finding = await findingOf(closed)
  await prisma().finding.updateMany({
    where: { accountId: account, id: finding?.id ?? '' },
    data: { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(2, 12) },
  })
  expect(await complete(records, at(3))).toMatchObject({ reopened: 1, unchanged: 25 })
  expect(await findingOf(closed)).toMatchObject({ status: 'new', reopenedCount: 1 })
  await expectTrueCounts()
})

test('a finding closed by hand stays closed where what is taken as read does not call it a problem', async () => {
  const account = newAccount()
  const archived = asff({ account, resource: 'archived', archived: true })
  const records = [...report(account), archived]
  // Prowler still reports both, and has said nothing since.
  const [there, elsewhere] = ['archived', 'elsewhere'].map(resource => prowler({ account, resource }))
  await partial([there, elsewhere], at(1))
  await complete(records, at(2))
  await prisma().finding.updateMany({
    where: { accountId: account, resourceName: { in: ['archived', 'elsewhere'] } },
    data: { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(2, 12) },
  })
  expect(await complete(records, at(3))).toMatchObject({ reopened: 0 })
  expect(await findingOf(archived)).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
  expect(await findingOf(elsewhere ?? {})).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
})

test('twins that contradict each other end as they do when read in full', async () => {
  const account = newAccount()
  const records = report(account)
  const twin = asff({ account, resource: 'r20', status: 'PASSED', updatedAt: at(1, 5) })
  const document = [...records, twin]
  await complete(document, at(2))
  const wanted = await everything()
  expect(await findingOf(twin)).toBeNull()
  const again = await complete(document, at(3))
  expect(again).toMatchObject({ created: 0, updated: 0, reopened: 0, resolved: 0 })
  expect(await everything()).toEqual(wanted)
})

test('a record that was read before still counts against a new one about the same thing', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const archived = { ...asff({ account, resource: 'r25' }), RecordState: 'ARCHIVED' }
  await complete([...records.slice(0, 25), archived, ...records.slice(25)], at(3))
  expect(await findingOf(archived)).toMatchObject({ status: 'new' })
  await expectTrueCounts()
})

test('of reports that need not be complete, records without a time are still confirmed', async () => {
  const account = newAccount()
  const records = Array.from({ length: 30 }, (_, n) => asff({ account, resource: `r${n}`, updatedAt: null }))
  await partial(records, at(2))
  await partial(records, at(4))
  // A report from in between must not overwrite what was confirmed after it.
  await partial(
    records.map(record => ({ ...record, Title: 'From in between' })),
    at(3),
  )
  expect(await findingOf(records[25] ?? {})).toMatchObject({ title: 'S3.2 should hold' })
})

test('an account that the sender may not write is refused, known or not', async () => {
  const [mine, theirs] = [newAccount(), newAccount()]
  const document = [...report(mine), ...report(theirs)]
  await partial(document, at(2))
  const { id } = await receive(document, { observedAt: at(3) })
  await prisma().import.update({ where: { id }, data: { limited: true, allowed: [mine] } })
  await runImport(job, id)
  expect(await importOf(id)).toMatchObject({ read: 60, accepted: 30, rejected: 30 })
})

test('the same bytes under another source are read as that source', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  expect(await ingest(records, { observedAt: at(3), source: 'asff' })).toMatchObject({ read: 30, accepted: 30 })
  const { rows } = await pool().query('SELECT DISTINCT source FROM sighting WHERE account_id = $1 ORDER BY 1', [
    account,
  ])
  expect(rows.map(row => row.source)).toEqual(['asff', 'security-hub'])
})

test('a run that another import overtakes reads the rest in full', async () => {
  const account = newAccount()
  const records = report(account)
  const first = await complete(records, at(2))
  await spoil(account)
  const { id } = await receive(records, { observedAt: at(3), coverage: 'complete' })
  const other = await pool().connect()
  try {
    await other.query('BEGIN')
    await other.query(lockAccountsSql, [[account]])
    const run = runImport(job, id)
    await waitForLock()
    await other.query('UPDATE feed_writer SET import_id = import_id + 1000 WHERE import_id = $1', [first.id])
    await other.query('COMMIT')
    await run
  } finally {
    other.release()
  }
  expect(await importOf(id)).toMatchObject({ state: 'done', read: 30, accepted: 30, passed: 4 })
  expect(await spoiled(account)).toBe(0)
  await expectTrueCounts()
})

test('what no feed relies on any more is forgotten', async () => {
  const account = newAccount()
  const records = report(account)
  const [first, second] = [await complete(records, at(2)), await complete(records, at(3))]
  const { rows } = await pool().query('SELECT DISTINCT import_id FROM known_record WHERE import_id = ANY($1)', [
    [first.id, second.id],
  ])
  expect(rows.map(row => row.import_id)).toEqual([second.id])
})

/** Resolves once a run waits for the lock of its accounts. */
async function waitForLock(): Promise<void> {
  for (;;) {
    const { rows } = await pool().query(
      `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`,
    )
    if (rows[0].n > 0) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
