import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { closeAccount } from '../../lib/store/accounts/close-account'
import { assignFindings, setStatus } from '../../lib/store/findings/triage'
import { moveDueDates, saveDuePolicy } from '../../lib/store/policies/due-policy'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { addMember } from '../support/people'
import { grantTo, people, reported, stored, tagged } from './support-exceptions'
import { asff, at, complete, findingOf, ingest, job, newAccount, partial, type RecordParts } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

let account = ''
beforeEach(async () => {
  await pool().query(
    'TRUNCATE setting, policy_work, account, finding, sighting, finding_count, source_count, control_delta, control_result',
  )
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
/** What keeps the feed speaking of the account while `one` is gone. */
const rest = (parts: Partial<RecordParts> = {}) => one({ control: 'S3.9', ...parts })
const stays = { status: 'new', reopenedCount: 0 }
const gone = { status: 'resolved', resolvedReason: 'absent' }

describe('a complete report', () => {
  test('of the same time as the last one still resolves missing findings', async () => {
    await complete([one(), rest()], at(2))
    await complete([rest()], at(2))
    expect(await findingOf(one())).toMatchObject(gone)
  })

  test('without a time resolves findings as old as its own records', async () => {
    await complete([one({ updatedAt: at(3) }), rest({ updatedAt: at(3) })], null)
    await complete([rest({ updatedAt: at(3) })], null)
    expect(await findingOf(one())).toMatchObject(gone)
  })

  test('without a time resolves missing findings, however new they are', async () => {
    const others = ['a', 'b', 'c', 'd'].map((resource, n) => one({ resource, updatedAt: at(n === 2 ? 5 : 1) }))
    await complete([...others, rest({ updatedAt: at(3) })], null)
    await complete([rest({ updatedAt: at(3) })], null)
    for (const record of others) expect(await findingOf(record)).toMatchObject(gone)
  })
})

test('a record without a time does not clear the former time of its source', async () => {
  await partial([one({ updatedAt: at(5) })], at(5))
  await partial([one({ updatedAt: null })], at(6))
  await partial([one({ updatedAt: at(4), status: 'PASSED' })], at(7))
  expect(await findingOf(one())).toMatchObject(stays)
})

test('a manually resolved finding is not reopened by a report of the same time', async () => {
  await partial([one()], at(2))
  setClock(() => at(5))
  const id = (await findingOf(one()))?.id ?? ''
  await setStatus(job, { selection: { ids: [toFindingId(account, id)] }, status: 'resolved' })
  await partial([one({ updatedAt: at(4), title: 'Other' })], at(5))
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
})

test('a resolved finding is no longer overdue, and a refreshed one not before its date', async () => {
  await partial([one(), rest()], at(2))
  await prisma().finding.updateMany({
    where: { accountId: account, control: 'S3.2' },
    data: { dueAt: at(3), overdue: true },
  })
  await partial([one({ status: 'PASSED', updatedAt: at(4) }), rest({ title: 'Other', updatedAt: at(4) })], at(5))
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', overdue: false })
  expect(await findingOf(rest())).toMatchObject({ title: 'Other', status: 'new', overdue: false })
})

describe('a finding with an exception', () => {
  const days = { ...defaultDuePolicy.days, medium: 20 }
  const condition = { tag: { key: 'site', value: null }, severityAtMost: null }

  test('that a report returns to work has its date by the policy of that time', async () => {
    const { member, csirtLead } = await people()
    await ingest([tagged({ account }, { site: 'yes' })], { observedAt: at(1) })
    setClock(() => at(10))
    await grantTo(member, csirtLead, (await stored(account)).key, { condition })
    await saveDuePolicy(job, { policy: { ...defaultDuePolicy, days }, seen: null })
    while (await moveDueDates(job));
    await ingest([tagged({ account }, { other: 'x' })], { observedAt: at(11) })
    expect(await stored(account)).toMatchObject({ status: 'new', dueAt: new Date('2026-06-21T14:59:59.999Z') })
  })

  test.each([
    ['passed', { status: 'PASSED' as const }],
    ['archived', { archived: true }],
  ])('is not approved if the only source of its tag reports %s', async (_what, change) => {
    const { member, csirtLead } = await people()
    const elsewhere = { product: 'Other', id: `other-${account}` }
    await ingest([one(), tagged({ account, ...elsewhere }, { site: 'yes' })], { observedAt: at(1) })
    await ingest([tagged({ account, ...elsewhere, ...change, updatedAt: at(2) }, { site: 'yes' })], {
      observedAt: at(2),
    })
    setClock(() => at(10))
    const asked = grantTo(member, csirtLead, (await stored(account)).key, { condition })
    await expect(asked).rejects.toMatchObject({ reason: 'exceptionCondition' })
  })

  test('is not approved for a tag that is only in a source without the finding', async () => {
    const { member, csirtLead } = await people()
    const elsewhere = { product: 'Other', id: `other-${account}` }
    const kept = one({ ...elsewhere, id: 'kept', resource: 'kept', status: 'PASSED' })
    await complete([one(), tagged({ account, ...elsewhere }, { site: 'yes' }), kept], at(1))
    await complete([one(), kept], at(2))
    setClock(() => at(10))
    const asked = grantTo(member, csirtLead, (await stored(account)).key, { condition })
    await expect(asked).rejects.toMatchObject({ reason: 'exceptionCondition' })
  })
})

test('a finding that a rule moves to another team keeps its owner', async () => {
  const own = await reported()
  const owner = await addMember('member')
  await assignFindings(job, { selection: { ids: [own.key] }, owner: owner.id })
  await saveRouting(job, { rules: [RoutingRule.parse({ name: 'x', team: 'csirt' })], seen: null })
  while (await routeFindings(job));
  expect(await stored(own.account)).toMatchObject({ team: 'csirt', ownerId: owner.id })
})

test('dates go by the policy that was saved while the account was waited for', async () => {
  const own = await reported()
  const policy = (medium: number) => ({ ...defaultDuePolicy, days: { ...defaultDuePolicy.days, medium } })
  const { version } = await saveDuePolicy(job, { policy: policy(20), seen: null })
  const release = await holdingAccount(own.account)
  const step = moveDueDates(job)
  await waiting(1)
  await saveDuePolicy(job, { policy: policy(30), seen: version })
  await release()
  await step
  while (await moveDueDates(job));
  expect(await stored(own.account)).toMatchObject({ dueAt: new Date('2026-07-01T14:59:59.999Z') })
})

describe('an account that has left', () => {
  const accountOf = (id: string) => prisma().account.findUniqueOrThrow({ where: { id } })

  test('does not return by a report of the time of its removal, and loses the reason when it returns', async () => {
    await partial([one()], at(1))
    setClock(() => at(5))
    await closeAccount(job, { id: account, reason: 'Sold' })
    await partial([one({ updatedAt: at(5) })], at(5))
    expect(await accountOf(account)).toMatchObject({ closedAt: at(5), closedReason: 'Sold' })
    await partial([one({ updatedAt: at(6) })], at(6))
    expect(await accountOf(account)).toMatchObject({ closedAt: null, closedReason: '' })
  })

  test('keeps the date and the reason of its first removal when it is removed again', async () => {
    await partial([one()], at(1))
    setClock(() => at(5))
    await closeAccount(job, { id: account, reason: 'Sold' })
    setClock(() => at(7))
    await closeAccount(job, { id: account, reason: 'Once more' })
    expect(await accountOf(account)).toMatchObject({ closedAt: at(5), closedReason: 'Sold' })
  })
})
