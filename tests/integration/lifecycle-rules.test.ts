import fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { addComment, setStatus } from '../../lib/store/findings/triage'
import { asff, at, complete, findingOf, historyOf, job, newAccount, partial, type RecordParts } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
/** What keeps the feed speaking of the account while `one` is gone. */
const rest = () => one({ control: 'S3.9' })

async function idOf(record: Record<string, unknown>) {
  return toFindingId(account, (await findingOf(record))?.id ?? '')
}

test('a finding is reopened whenever it returns, each time with the reason of its resolution', async () => {
  await complete([one(), rest()], at(2))
  await complete([rest()], at(3))
  await complete([one(), rest()], at(4))
  await partial([one({ status: 'PASSED', updatedAt: at(4) })], at(5))
  await partial([one({ updatedAt: at(5) })], at(6))
  await partial([one({ archived: true, updatedAt: at(6) })], at(7))
  await partial([one({ updatedAt: at(7) })], at(8))
  expect(await findingOf(one())).toMatchObject({ status: 'new', reopenedCount: 3, firstSeenAt: at(2), openedAt: at(8) })
  expect(await historyOf(one())).toEqual([
    ['resolved', 'new', 'absent'],
    ['reopened', 'absent', 'new'],
    ['resolved', 'new', 'passed'],
    ['reopened', 'passed', 'new'],
    ['resolved', 'new', 'archived'],
    ['reopened', 'archived', 'new'],
  ])
})

test('owner, team, date and comments survive a resolution and a return', async () => {
  await complete([one(), rest()], at(2))
  const owner = await prisma().member.create({ data: { email: `${account}@example.com`, name: 'A', role: 'member' } })
  const human = { ownerId: owner.id, team: 'cit', teamBy: 'hand', dueAt: new Date('2027-01-01'), dueBy: 'hand' }
  await prisma().finding.updateMany({ where: { accountId: account, control: 'S3.2' }, data: human })
  await addComment(job, { selection: { ids: [await idOf(one())] }, text: 'Asked the owner' })
  await complete([rest()], at(3))
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', ...human })
  await complete([one({ severity: 'CRITICAL', updatedAt: at(3) }), rest()], at(4))
  expect(await findingOf(one())).toMatchObject({ status: 'new', severity: 5, ...human })
  const { events } = await getFinding(job, await idOf(one()))
  expect(events.filter(event => event.kind === 'comment').map(event => event.text)).toEqual(['Asked the owner'])
})

test('a text that its source has rewritten is the new one, without a line in the history', async () => {
  await partial([one({ description: 'Old words' })], at(2))
  await partial([one({ description: 'New words', updatedAt: at(2) })], at(3))
  expect(await getFinding(job, await idOf(one()))).toMatchObject({ description: 'New words', status: 'new' })
  expect(await historyOf(one())).toEqual([])
})

test('an exception ends with its problem; when that comes back it is work again', async () => {
  await complete([one(), rest()], at(2))
  await prisma().finding.updateMany({ where: { accountId: account, control: 'S3.2' }, data: { status: 'accepted' } })
  await complete([rest()], at(3))
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  await complete([one(), rest()], at(4))
  expect(await findingOf(one())).toMatchObject({ status: 'new', reopenedCount: 1 })
})

test('a finding that a person set in progress stays so, however often it is reported', async () => {
  await partial([one()], at(2))
  setClock(() => at(2, 6))
  await setStatus(job, { selection: { ids: [await idOf(one())] }, status: 'in_progress' })
  await partial([one()], at(3))
  await complete([one({ severity: 'HIGH', updatedAt: at(3) })], at(4))
  expect(await findingOf(one())).toMatchObject({ status: 'in_progress', severity: 4, reopenedCount: 0 })
})

test('a manually resolved finding is reopened once by a report; resolved again, once more', async () => {
  await partial([one()], at(2))
  for (const day of [3, 6]) {
    setClock(() => at(day))
    await setStatus(job, { selection: { ids: [await idOf(one())] }, status: 'resolved' })
    await partial([one()], at(day + 1))
    await partial([one()], at(day + 2))
  }
  expect(await findingOf(one())).toMatchObject({ status: 'new', reopenedCount: 2, openedAt: at(7), resolvedAt: null })
})

test('reports end in the same finding in whatever order they arrive', async () => {
  const states: { day: number; parts: Partial<RecordParts> }[] = [
    { day: 2, parts: { severity: 'LOW', title: 'First', updatedAt: at(2) } },
    { day: 4, parts: { severity: 'HIGH', title: 'Second', updatedAt: at(4) } },
    { day: 6, parts: { severity: 'MEDIUM', title: 'Third', updatedAt: at(6) } },
  ]
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(states, { minLength: 3 }), fc.boolean(), async (order, whole) => {
      account = newAccount()
      for (const { day, parts } of order) await (whole ? complete : partial)([one(parts)], at(day))
      expect(await findingOf(one())).toMatchObject({ status: 'new', severity: 3, title: 'Third', reopenedCount: 0 })
    }),
    { numRuns: 12 },
  )
})
