import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, inSnapshot, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { keepSnapshots } from '../../lib/jobs/snapshots'
import { findDifferences } from '../../lib/queries/check/check'
import { unmarkOverdue } from '../../lib/store/findings/overdue'
import { setStatus } from '../../lib/store/findings/triage'
import { checkCommand } from '../../scripts/hinomi/check'
import { expectConsistent } from './support-check'
import { asff, at, complete, job, newAccount, partial, prowler } from './support-ingest'

// A check asks some two hundred questions: a busy machine needs longer for them.
vi.setConfig({ testTimeout: 120_000 })

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

/** What the command prints, and its exit code. */
async function command(locale: 'ja' | 'en'): Promise<{ code: number; lines: string[] }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    const code = await checkCommand(job, locale)
    return { code, lines: write.mock.calls.join('').trimEnd().split('\n') }
  } finally {
    write.mockRestore()
  }
}

test('an empty database is consistent', async () => {
  await expectConsistent()
  expect(await command('en')).toEqual({
    code: 0,
    lines: [expect.stringMatching(/^No differences in \d+ comparisons\.$/)],
  })
})

test('the database is consistent after imports', async () => {
  const report = (third: 'FAILED' | 'PASSED', archived: boolean) => [
    asff({ account }),
    asff({ account, resource: 'b', severity: 'CRITICAL', archived, updatedAt: null }),
    asff({ account, resource: 'c', status: third, updatedAt: null }),
  ]
  await complete(report('PASSED', false), at(2))
  await partial([prowler({ account }), prowler({ account, control: 's3_b', resource: 'd' })], at(2))
  await complete(report('FAILED', true), at(3))
  await expectConsistent()
})

test('the command names the wrong number and its row, in the reader’s language', async () => {
  await complete([asff({ account })], at(4))
  await pool().query('UPDATE import SET created = created + 1 WHERE id = (SELECT max(id) FROM import)')
  const { rows } = await pool().query<{ id: number }>('SELECT max(id) AS id FROM import')
  const id = rows[0]?.id
  try {
    const english = await command('en')
    expect(english.code).toBe(1)
    expect(english.lines).toContain(`Findings created by an import: ${id}: shown 2, recomputed 1`)
    expect(english.lines.at(-1)).toMatch(/^1 difference in \d+ comparisons\.$/)
    expect((await command('ja')).lines).toContain(`取り込みで作成した検出結果の件数: ${id}: 表示 2、再計算 1`)
  } finally {
    await pool().query('UPDATE import SET created = created - 1 WHERE id = $1', [id])
  }
})

test('work in progress is mentioned and is not a difference', async () => {
  await complete([asff({ account })], at(4))
  await pool().query(
    `INSERT INTO policy_work (account_id, policy, after, by) VALUES ($1, 'routing', gen_random_uuid(), '{}')
    ON CONFLICT DO NOTHING`,
    [account],
  )
  await pool().query(`UPDATE finding SET team = 'cit' WHERE account_id = $1`, [account])
  const { code, lines } = await command('en')
  expect(code).toBe(0)
  expect(lines).toContainEqual(expect.stringMatching(/^Still under way: due dates or routing of \d+ accounts?\.$/))
})

test('numbers and rows are read from one snapshot, and nothing is written', async () => {
  const count = async () => (await pool().query<{ n: number }>('SELECT count(*)::int AS n FROM account')).rows[0]?.n
  await inSnapshot(async () => {
    const before = await count()
    await prisma().account.create({ data: { id: newAccount() } })
    expect(await count()).toBe(before)
    await expect(pool().query(`UPDATE account SET name = 'x'`)).rejects.toThrow('read-only transaction')
  })
})

test('no number of a past day is missing after the worker was down for days', async () => {
  await complete([asff({ account, resource: 'b' })], at(10))
  const [finding] = await prisma().finding.findMany({ where: { accountId: account } })
  setClock(() => at(10, 5))
  await setStatus(job, { selection: { ids: [toFindingId(account, finding?.id ?? '')] }, status: 'acknowledged' })
  setClock(() => at(14))
  await keepSnapshots()
  const { rows } = await pool().query(`SELECT acknowledged FROM snapshot WHERE account_id = $1 ORDER BY day LIMIT 1`, [
    account,
  ])
  expect(rows).toEqual([{ acknowledged: 1 }])
})

test('findings that a wrong clock marked as overdue are corrected once the clock is right', async () => {
  await complete([asff({ account, severity: 'CRITICAL' })], at(14))
  setClock(() => at(28))
  await expectConsistent()
  setClock(() => at(15))
  const marked = async () => (await findDifferences(job)).counts.get('overdueMarked') ?? 0
  expect(await marked()).toBeGreaterThan(0)
  await unmarkOverdue(job)
  expect(await marked()).toBe(0)
})
