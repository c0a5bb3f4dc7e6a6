import { afterAll, beforeAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { handOverUnowned } from '../../lib/store/findings/hand-over-unowned'
import { markOverdue, unmarkOverdue } from '../../lib/store/findings/overdue'
import { jobAccess } from '../support/job'

afterAll(closeDatabase)

const today = new Date('2026-06-20T00:00:00Z')
const ACCOUNTS = 200
const EACH = 150

beforeAll(async () => {
  setClock(() => today)
  await pool().query(
    `INSERT INTO account (id, owner_team) SELECT to_char(n, 'FM000000000000'), 'sre' FROM generate_series(1, $1::int) AS n`,
    [ACCOUNTS],
  )
  // A third are overdue and marked, a third are due later, a third have no date. All have been unowned for long.
  await pool().query(
    `INSERT INTO finding (account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity,
       team, due_at, overdue, sources, first_seen_at, first_observed_at, opened_at, updated_at, first_import_id, changed_import_id)
     SELECT to_char(a, 'FM000000000000'), gen_random_uuid(), 'posture', 'S3.' || n % 20, '', 'r' || n, 'r' || n, 'AwsS3Bucket', '', 'Title', 3,
       'sre', CASE n % 3 WHEN 0 THEN $3::timestamptz - interval '1 day' WHEN 1 THEN $3::timestamptz + interval '9 days' END, n % 3 = 0,
       '{}', $3::timestamptz - interval '90 days', $3::timestamptz - interval '90 days', $3::timestamptz - interval '90 days', $3, 1, 1
     FROM generate_series(1, $1::int) AS a, generate_series(1, $2::int) AS n`,
    [ACCOUNTS, EACH, today],
  )
  await pool().query('ANALYZE')
})

/** How often the whole table was read by connections that have ended. */
async function wholeReads(): Promise<number> {
  // A connection reports its statistics when it ends.
  await closeDatabase()
  const { rows } = await pool().query<{ n: number }>(
    `SELECT seq_scan::int AS n FROM pg_stat_user_tables WHERE relname = 'finding'`,
  )
  return rows[0]?.n ?? 0
}

test('the tested counter detects a complete read of the findings', async () => {
  const before = await wholeReads()
  await pool().query('SELECT max(resource_id) FROM finding')
  expect(await wholeReads()).toBe(before + 1)
})

test('marking overdue findings reads only newly overdue ones', async () => {
  await pool().query(`UPDATE finding SET due_at = $1 WHERE account_id = '000000000007' AND due_at > $2`, [
    new Date(today.getTime() - 1000),
    today,
  ])
  const before = await wholeReads()
  expect(await markOverdue(jobAccess('mark-overdue'))).toBe(EACH / 3)
  expect(await markOverdue(jobAccess('mark-overdue'))).toBe(0)
  expect(await wholeReads()).toBe(before)
})

test('taking back overdue marks reads only those of findings that are not due yet', async () => {
  await pool().query(`UPDATE finding SET overdue = true WHERE account_id = '000000000008' AND due_at > $1`, [today])
  const before = await wholeReads()
  expect(await unmarkOverdue(jobAccess('mark-overdue'))).toBe(EACH / 3)
  expect(await unmarkOverdue(jobAccess('mark-overdue'))).toBe(0)
  expect(await wholeReads()).toBe(before)
})

test('handing unowned findings to the owner team reads only accounts that have some', async () => {
  await pool().query(`UPDATE finding SET team = 'cit' WHERE account_id = '000000000003' AND control = 'S3.1'`)
  const moved = await prisma().finding.count({ where: { team: 'cit' } })
  const before = await wholeReads()
  expect(await handOverUnowned(jobAccess('unowned'))).toBe(moved)
  expect(await handOverUnowned(jobAccess('unowned'))).toBe(0)
  expect(await wholeReads()).toBe(before)
  expect(await prisma().finding.count({ where: { team: 'cit' } })).toBe(0)
})
