import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { runImport } from '../../lib/ingest/run/run'
import { getAccount } from '../../lib/queries/accounts/account'
import { getFinding } from '../../lib/queries/findings/finding'
import { countFlow, takeSnapshots } from '../../lib/store/counts/snapshots'
import { setStatus } from '../../lib/store/findings/triage'
import { asff, at, everything, job, newAccount, ordersOfThree, receive } from './support-ingest'

afterAll(closeDatabase)

/** Sends a report of a day of June on its 20th. */
async function send(
  account: string,
  day: number,
  names: string[],
  coverage: 'complete' | 'partial' = 'complete',
  product = 'Security Hub',
) {
  const records = names.map(resource => asff({ account, resource, product, updatedAt: null }))
  const { id } = await receive(records, { observedAt: at(day), coverage })
  setClock(() => at(20))
  await runImport(job, id)
}

/** Since when each finding is known, and when it was open: [first seen, opened, closed, earlier times]. Days of June. */
async function lives(account: string) {
  const findings = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceName: 'asc' } })
  const periods = await prisma().findingPeriod.findMany({ where: { accountId: account }, orderBy: { closedAt: 'asc' } })
  const day = (date: Date | null) => date?.getUTCDate() ?? null
  return findings.map(({ id, resourceName, firstSeenAt, openedAt, resolvedAt }) => [
    resourceName,
    day(firstSeenAt),
    day(openedAt),
    day(resolvedAt),
    ...periods.filter(each => each.findingId === id).map(each => [day(each.openedAt), day(each.closedAt)]),
  ])
}

async function days(account: string) {
  const rows = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  return rows.map(({ day, medium, opened, closed }) => [day.getUTCDate(), medium, opened, closed])
}

test.each(ordersOfThree)(
  'past days do not depend on the order in which reports arrive: %s, %s, %s',
  async (...order) => {
    const account = newAccount()
    const reports: [number, string[]][] = [
      [4, ['a', 'b']],
      [7, ['a', 'c']],
      [10, ['a', 'd']],
    ]
    for (const index of order) await send(account, ...(reports[index] ?? [0, []]))
    expect(await lives(account)).toEqual([
      ['a', 4, 4, null],
      ['b', 4, 4, 7],
      ['c', 7, 7, 10],
      ['d', 10, 10, null],
    ])
    expect(await days(account)).toEqual([
      [4, 2, 2, 0],
      [7, 2, 1, 1],
      [10, 2, 1, 1],
    ])
  },
)

test('a finding that was absent on a day in between was open twice, if the report of that day came first', async () => {
  const account = newAccount()
  await send(account, 10, ['a', 'z'])
  await send(account, 7, ['z'])
  await send(account, 4, ['a', 'z'])
  expect(await lives(account)).toEqual([
    ['a', 4, 10, null, [4, 7]],
    ['z', 4, 4, null],
  ])
  expect(await days(account)).toEqual([
    [4, 2, 2, 0],
    [7, 1, 0, 1],
    [10, 2, 1, 0],
  ])
  await send(account, 2, ['a'])
  expect((await lives(account))[0]).toEqual(['a', 2, 10, null, [2, 7]])
})

test('a late report reopens for its day a finding that an earlier one had resolved', async () => {
  const account = newAccount()
  await send(account, 10, ['z'])
  await send(account, 2, ['a', 'z'])
  await send(account, 4, ['z'])
  expect(await lives(account)).toContainEqual(['a', 2, 2, 4])
  await send(account, 7, ['a', 'z'])
  expect(await lives(account)).toContainEqual(['a', 2, 7, 10, [2, 4]])
  expect(await days(account)).toEqual([
    [2, 2, 2, 0],
    [4, 1, 0, 1],
    [7, 2, 1, 0],
    [10, 1, 0, 1],
  ])
})

test('a late complete report backdates no finding that a later report or another feed contained', async () => {
  const account = newAccount()
  await send(account, 2, ['a', 'b', 'z'])
  await send(account, 2, ['b'], 'partial', 'Other')
  await send(account, 5, ['a', 'z'])
  await send(account, 10, ['z'])
  await send(account, 3, ['z'])
  // The report of the 5th told of a; b is still told of by the other.
  expect(await lives(account)).toEqual([
    ['a', 2, 2, 10],
    ['b', 2, 2, null],
    ['z', 2, 2, null],
  ])
  await send(account, 7, ['z'])
  expect(await lives(account)).toContainEqual(['a', 2, 2, 7])
})

test('a finding resolved by a person stays resolved from that day', async () => {
  const account = newAccount()
  await send(account, 5, ['a', 'z'])
  const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account, resourceName: 'a' } })
  setClock(() => at(6))
  await setStatus(job, { selection: { ids: [toFindingId(account, id)] }, status: 'resolved' })
  await send(account, 10, ['z'])
  await send(account, 8, ['a', 'z'])
  expect(await lives(account)).toContainEqual(['a', 5, 5, 6])
})

test('an earlier first day moves the date that the policy set, in the history, and not one that a person set', async () => {
  const account = newAccount()
  await send(account, 10, ['a', 'b'])
  const due = new Date('2026-12-01T00:00:00Z')
  await prisma().finding.updateMany({
    where: { accountId: account, resourceName: 'b' },
    data: { dueAt: due, dueBy: 'hand' },
  })
  await send(account, 4, ['a', 'b'])
  const [a, b] = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceName: 'asc' } })
  if (!a || !b) throw new Error('two findings were reported')
  // Sixty days in Tokyo's calendar.
  expect(a.dueAt?.toISOString()).toBe('2026-08-03T14:59:59.999Z')
  expect(b.dueAt).toEqual(due)
  const { events } = await getFinding(job, toFindingId(account, a.id))
  expect(events.map(({ kind, before, after }) => [kind, before?.slice(0, 10), after?.slice(0, 10)])).toEqual([
    ['created', undefined, undefined],
    ['first_seen', '2026-06-10', '2026-06-04'],
    ['due', '2026-08-09', '2026-08-03'],
  ])
  expect((await getFinding(job, toFindingId(account, b.id))).events.map(event => event.kind)).toEqual([
    'created',
    'first_seen',
  ])
  const before = await everything()
  await send(account, 4, ['a', 'b'])
  expect(await everything()).toEqual(before)
})

test('a second report of a past day adds to it, and to the filled days after it', async () => {
  const account = newAccount()
  await send(account, 10, ['a'])
  await send(account, 6, ['a'])
  await send(account, 4, ['a'])
  await send(account, 4, ['x', 'y'], 'complete', 'Other')
  expect(await days(account)).toEqual([
    [4, 3, 3, 0],
    [6, 3, 0, 0],
    [10, 1, 0, 0],
  ])
})

test('a past day without open findings is counted too', async () => {
  const account = newAccount()
  await send(account, 10, ['a'])
  const passed = [asff({ account, resource: 'a', status: 'PASSED', updatedAt: null })]
  const { id } = await receive(passed, { observedAt: at(4), coverage: 'complete' })
  setClock(() => at(20))
  await runImport(job, id)
  expect(await days(account)).toEqual([
    [4, 0, 0, 0],
    [10, 1, 1, 0],
  ])
})

test('an exception decided since then was open on a past day', async () => {
  const account = newAccount()
  await send(account, 10, ['a', 'b'])
  const asked = {
    kind: 'accepted',
    match: {},
    condition: {},
    reason: '',
    expiresAt: at(28),
    requestedBy: 'm',
    requestedName: 'm',
  }
  const { id } = await prisma().exception.create({ data: { ...asked, requestedAt: at(11), decidedAt: at(12) } })
  await prisma().finding.updateMany({
    where: { accountId: account, resourceName: 'a' },
    data: { status: 'accepted', exceptionId: id, beforeException: 'new' },
  })
  await send(account, 4, ['a', 'b'])
  expect((await days(account))[0]).toEqual([4, 2, 2, 0])
})

test('findings resolved and acknowledged on a day stay counted after they were reopened', async () => {
  const account = newAccount()
  await send(account, 2, ['a', 'z'])
  const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account, resourceName: 'a' } })
  const selection = { ids: [toFindingId(account, id)] }
  setClock(() => at(2, 6))
  await setStatus(job, { selection, status: 'acknowledged' })
  await send(account, 4, ['z'])
  await send(account, 6, ['a', 'z'])
  setClock(() => at(6, 12))
  await setStatus(job, { selection, status: 'resolved' })
  setClock(() => at(6, 13))
  await setStatus(job, { selection, status: 'new' })
  await countFlow(job, [account], { from: at(1), to: at(6) }, 'Asia/Tokyo')
  const rows = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  expect(
    rows.map(row => [
      row.day.getUTCDate(),
      row.opened,
      row.closed,
      row.acknowledged,
      row.hoursToAcknowledge,
      row.hoursToResolve,
    ]),
  ).toEqual([
    [2, 2, 0, 1, 6, null],
    [4, 0, 1, 0, null, 48],
    [6, 1, 1, 1, 12, 12],
  ])
})

test('times to acknowledge are averaged over findings, not over days', async () => {
  const account = newAccount()
  await send(account, 10, ['a', 'b', 'c', 'd'])
  const found = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceName: 'asc' } })
  const ids = found.map(finding => toFindingId(account, finding.id))
  setClock(() => at(10, 2))
  await setStatus(job, { selection: { ids: ids.slice(0, 3) }, status: 'acknowledged' })
  setClock(() => at(11, 2))
  await takeSnapshots(job, [account], at(11, 2), 'Asia/Tokyo')
  await setStatus(job, { selection: { ids: ids.slice(3) }, status: 'acknowledged' })
  await countFlow(job, [account], { from: at(10), to: at(11, 2) }, 'Asia/Tokyo')
  expect((await getAccount(job, account)).hoursToAcknowledge).toBe((3 * 2 + 26) / 4)
})
