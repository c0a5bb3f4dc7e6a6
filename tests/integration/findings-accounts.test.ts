import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { AccountFilter, RegisterAccount, UpdateAccount } from '../../lib/domain/accounts/filter'
import { ForbiddenError, NotFoundError } from '../../lib/errors'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { registerAccount, updateAccount } from '../../lib/store/accounts/accounts'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { addFinding } from '../support/people'
import { modelScore } from '../support/score-model'

beforeEach(clear)
afterAll(closeDatabase)

const lead = accessFor('lead')
const limited = accessFor('lead', { accounts: [ours] })
const discovered = (id: string) => prisma().account.create({ data: { id } })

const accountsOf = async (filter: Partial<AccountFilter> = {}) =>
  (await listAccounts(lead, AccountFilter.parse(filter), { cursor: null, limit: 100 })).rows

describe('the data of an account set by people', () => {
  test('is kept with its audit entry, and registers a discovered one', async () => {
    await discovered(ours)
    const input = UpdateAccount.parse({
      id: ours,
      name: ' Shop\u0000 ',
      environment: 'production',
      tags: { b: '2', a: '1' },
    })
    await updateAccount(lead, input)
    const [row] = await accountsOf({ text: '2' })
    expect(row).toMatchObject({
      name: 'Shop',
      environment: 'production',
      ownerTeam: 'sre',
      tags: { a: '1', b: '2' },
      origin: 'registered',
    })
    const entry = await prisma().auditEntry.findFirst({ orderBy: { id: 'desc' } })
    expect(entry).toMatchObject({
      action: 'account.update',
      accountId: ours,
      detail: { before: { name: '' }, after: { name: 'Shop' } },
    })
    const count = await prisma().auditEntry.count()
    await updateAccount(lead, input)
    expect(await prisma().auditEntry.count()).toBe(count)
  })

  test('is for the accounts in scope', async () => {
    await discovered(theirs)
    await expect(updateAccount(limited, { id: theirs, name: 'x' })).rejects.toThrow(NotFoundError)
    await expect(updateAccount(lead, { id: ours, name: 'x' })).rejects.toThrow(NotFoundError)
    await expect(registerAccount(limited, RegisterAccount.parse({ id: theirs }))).rejects.toThrow(ForbiddenError)
  })

  test('moves the dates of the policy, and none that a person set', async () => {
    await discovered(ours)
    const wrong = new Date('2029-01-01T00:00:00Z')
    const policy = await addFinding(ours, { dueAt: wrong })
    const byHand = await addFinding(ours, { dueAt: wrong, dueBy: 'hand' })
    await updateAccount(lead, { id: ours, environment: 'sandbox' })
    const due = async (id: string) => (await prisma().finding.findFirstOrThrow({ where: { id } })).dueAt
    // High: the end of the 14th day after 2026-01-01 in Tokyo.
    expect(await due(policy.id)).toEqual(new Date('2026-01-15T14:59:59.999Z'))
    expect(await due(byHand.id)).toEqual(wrong)
    const events = await prisma().findingEvent.findMany({ where: { findingId: policy.id }, orderBy: { id: 'asc' } })
    expect(events).toMatchObject([
      { kind: 'due', before: '2029-01-01T00:00:00.000Z', after: '2026-01-15T14:59:59.999Z' },
      { kind: 'overdue', before: null, after: '2026-01-15T14:59:59.999Z' },
    ])
  })

  test('registers an account once, before any report contains it', async () => {
    const input = RegisterAccount.parse({ id: ours, name: 'Shop', ownerTeam: 'cit' })
    await registerAccount(lead, input)
    expect(await accountsOf()).toMatchObject([
      { ownerTeam: 'cit', origin: 'registered', score: null, lastHeardAt: null },
    ])
    await expect(registerAccount(lead, input)).rejects.toMatchObject({
      code: 'conflict',
      reason: 'accountExists',
      field: 'id',
    })
    await discovered(theirs)
    await registerAccount(lead, RegisterAccount.parse({ id: theirs, name: 'Theirs' }))
    expect((await getAccount(lead, theirs)).name).toBe('Theirs')
  })

  test.each([
    { id: '123' },
    { id: ours, environment: 'moon' },
    { id: ours, tags: { '': 'x' } },
    { id: ours, tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ''])) },
  ])('is checked: %j', input => {
    expect(UpdateAccount.safeParse(input).success).toBe(false)
  })
})

describe('posture', () => {
  test('has the score of the rule, over controls merged across feeds', async () => {
    await discovered(ours)
    // control, severity, then passed and failed by two feeds
    const controls: [string, number, [number, number], [number, number]][] = [
      ['passes', 5, [3, 0], [1, 0]],
      ['fails in one feed', 4, [3, 0], [1, 1]],
      ['fails', 3, [0, 2], [0, 0]],
      ['tells nothing', 5, [0, 0], [0, 0]],
      ['passes too', 1, [1, 0], [0, 0]],
    ]
    for (const [control, severity, ...feeds] of controls) {
      for (const [n, [passed, failed]] of feeds.entries()) {
        const key = { accountId: ours, source: 'prowler', product: `p${n}`, control }
        await prisma().controlResult.create({ data: { ...key, severity, passed, failed, notAvailable: 1 } })
      }
    }
    const expected = modelScore(
      controls.flatMap(([control, severity, a, b]) => [
        ...Array.from({ length: a[0] + b[0] }, () => ({ control, severity, result: 'passed' })),
        ...Array.from({ length: a[1] + b[1] }, () => ({ control, severity, result: 'failed' })),
      ]),
    )
    const account = await getAccount(lead, ours)
    expect(account.score).toBeCloseTo(expected ?? Number.NaN, 9)
    expect(account).toMatchObject({ passed: 9, failed: 3, notAvailable: 10 })
  })

  test.each<[string, [daysAgo: number, score: number | null][], number | null]>([
    ['nothing is known', [], null],
    ['there are only newer days', [[29, 70]], null],
    ['the day is known', [[30, 60]], 60],
    ['the day is the oldest that counts', [[45, 55]], 55],
    ['there are only older days', [[46, 50]], null],
    [
      'several days count',
      [
        [60, 1],
        [46, 2],
        [45, 3],
        [33, 4],
        [29, 5],
        [0, 6],
      ],
      4,
    ],
    [
      'nothing was checked on the newest of them',
      [
        [33, 4],
        [31, null],
      ],
      null,
    ],
  ])('compares the score with 30 days ago: %s', async (_what, days, before) => {
    // In Tokyo it is the 20th already.
    setClock(() => new Date('2026-06-19T16:00:00Z'))
    await discovered(ours)
    for (const [daysAgo, score] of days) {
      const day = new Date(Date.parse('2026-06-20T00:00:00Z') - daysAgo * 86_400_000)
      const open = { critical: 0, high: 0, medium: 0, low: 0, informational: 0, overdue: 0, unowned: 0 }
      await prisma().snapshot.create({ data: { accountId: ours, day, score, takenAt: day, ...open } })
    }
    expect((await getAccount(lead, ours)).scoreBefore).toBe(before)
    await pool().query('UPDATE snapshot SET method = 1')
    expect((await getAccount(lead, ours)).scoreBefore).toBeNull()
  })

  test('counts open findings by severity, control and type', async () => {
    await discovered(ours)
    for (let n = 0; n < 12; n++) {
      await addFinding(ours, {
        control: `C.${Math.min(n, 10)}`,
        severity: 3 + (n % 3),
        status: n === 0 ? 'resolved' : 'new',
        overdue: n === 1,
        dueAt: new Date('2026-01-01'),
      })
    }
    const account = await getAccount(lead, ours)
    expect(account).toMatchObject({
      openTotal: 11,
      open: { critical: 4, high: 4, medium: 3, low: 0, informational: 0 },
      overdue: 1,
      unowned: 11,
    })
    expect(account.byControl[0]).toMatchObject({ key: 'C.10', count: 2 })
    expect(account.byControl).toHaveLength(10)
    expect(account.byResourceType).toMatchObject([{ key: 'AwsS3Bucket', count: 11, severity: 'critical' }])
    expect(account.oldestOverdueDays).toBeGreaterThan(0)
  })

  test.each(['risk', 'score', 'open', 'overdue', 'name', 'heard'] as const)(
    'sorts by %s, those without a value last',
    async sort => {
      await pool().query(`INSERT INTO account (id, name) VALUES ($1, 'b'), ($2, 'A'), ('333333333333', '')`, [
        ours,
        theirs,
      ])
      await addFinding(ours, { overdue: true })
      await addFinding(ours)
      await addFinding(theirs)
      await prisma().feed.create({
        data: {
          accountId: ours,
          source: 'prowler',
          product: '',
          firstAt: new Date(),
          lastAt: new Date(),
          silentAfter: new Date('2036-01-01'),
          lastImportId: 1,
        },
      })
      await prisma().controlResult.create({
        data: {
          accountId: ours,
          source: 'prowler',
          product: '',
          control: 'x',
          severity: 3,
          passed: 1,
          failed: 0,
          notAvailable: 0,
        },
      })
      const ids = async (dir: 'asc' | 'desc') => (await accountsOf({ sort, dir })).map(row => row.id)
      const [asc, desc] = [await ids('asc'), await ids('desc')]
      if (sort === 'name') expect(asc).toEqual(['333333333333', theirs, ours])
      else if (sort === 'risk' || sort === 'score' || sort === 'heard') expect([asc[0], desc[0]]).toEqual([ours, ours])
      else expect([asc.at(-1), desc[0]]).toEqual([ours, ours])
      expect(new Set(desc)).toEqual(new Set(asc))
    },
  )

  test.each(['risk', 'score', 'open', 'overdue', 'name', 'heard'] as const)(
    'by %s, pages hold each account once, in one order',
    async sort => {
      await pool().query(
        `INSERT INTO account (id, name) SELECT (700000000000 + n)::text, CASE WHEN n % 4 > 0 THEN 'Account ' || n % 9 ELSE '' END
         FROM generate_series(1, 23) AS n`,
      )
      await pool().query(
        `INSERT INTO finding_count (account_id, team, owner_key, status, severity, overdue, n)
         SELECT id, 'sre', '00000000-0000-0000-0000-000000000000', 'new', 3, id::bigint % 3 = 0, id::bigint % 5
         FROM account WHERE id::bigint % 6 > 0`,
      )
      await pool().query(
        `INSERT INTO snapshot (account_id, day, critical, high, medium, low, informational, overdue, unowned, score, taken_at)
         SELECT id, '2026-11-01', 0, 0, 0, 0, 0, 0, 0, nullif(id::bigint % 7, 0) / 3::float8, now() FROM account`,
      )
      await pool().query(
        `INSERT INTO feed (account_id, source, product, first_at, last_at, last_import_id, silent_after)
         SELECT id, 'prowler', '', now(), '2026-11-01T00:00:00.123Z'::timestamptz + id::bigint % 4 * interval '1 ms', 1, now()
         FROM account WHERE id::bigint % 3 > 0`,
      )
      for (const dir of ['asc', 'desc'] as const) {
        const filter = AccountFilter.parse({ sort, dir })
        const whole = await listAccounts(lead, filter, { cursor: null, limit: 100 })
        expect(whole).toMatchObject({ total: 23, next: null })
        const paged: string[] = []
        let cursor: string | null = null
        do {
          const page: typeof whole = await listAccounts(lead, filter, { cursor, limit: 4 })
          expect(page.total).toBe(23)
          paged.push(...page.rows.map(row => row.id))
          cursor = page.next
        } while (cursor !== null)
        expect(paged).toEqual(whole.rows.map(row => row.id))
        expect(new Set(paged).size).toBe(23)
      }
    },
  )

  test('a cursor of another order of accounts is refused', async () => {
    await pool().query(`INSERT INTO account (id) VALUES ($1), ($2)`, [ours, theirs])
    const { next } = await listAccounts(lead, AccountFilter.parse({ sort: 'name' }), { cursor: null, limit: 1 })
    for (const other of [{ sort: 'open' }, { sort: 'name', dir: 'asc' }] as const)
      await expect(listAccounts(lead, AccountFilter.parse(other), { cursor: next, limit: 1 })).rejects.toMatchObject({
        code: 'conflict',
        reason: 'cursor',
      })
  })
})
