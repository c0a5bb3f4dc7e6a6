import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma, transaction } from '../../lib/db'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { applyException } from '../../lib/store/exceptions/apply'
import { endWithFinding } from '../../lib/store/exceptions/approved'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestException, requestRule } from '../../lib/store/exceptions/request'
import { accessOf, addMember } from '../support/people'
import { grantTo, people, reported, stored, type Who } from './support-exceptions'
import { asff, at, ingest, job } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

let member: Who
let sreLead: Who
let csirtLead: Who

beforeAll(async () => {
  ;({ member, sreLead, csirtLead } = await people())
})
beforeEach(async () => {
  await prisma().exception.deleteMany({})
  setClock(() => at(10))
})
afterAll(closeDatabase)

const asked = (finding: string) =>
  ({ kind: 'accepted', reason: 'why', controls: 'how', until: '2026-06-20', finding }) as const
const exceptionOf = (id: number) => prisma().exception.findUniqueOrThrow({ where: { id } })
/** The last moment of the day that `asked` names, in Tokyo. */
const end = new Date('2026-06-20T14:59:59.999Z')

test('a second exception for a suppressed finding is refused', async () => {
  const { key } = await reported()
  await grantTo(member, csirtLead, key, {})
  await expect(requestException(member, asked(key))).rejects.toMatchObject({ reason: 'exceptionExists' })
})

test('an administrator of any team decides about severe findings', async () => {
  const { key, account } = await reported({ severity: 'CRITICAL' })
  const admin = accessOf(await addMember('admin', { teams: ['sre'] }), 'admin')
  await grantTo(member, admin, key, {})
  expect(await stored(account)).toMatchObject({ status: 'accepted' })
})

test('a request is approved only before its date, and rejected at any time', async () => {
  const { key } = await reported()
  const { id } = await requestException(member, asked(key))
  setClock(() => end)
  await expect(decideException(sreLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
    reason: 'exceptionPast',
  })
  await decideException(sreLead, { id, approve: false, note: 'Seen' })
  expect(await exceptionOf(id)).toMatchObject({ state: 'rejected', pending: false })
})

test('a member who cannot approve a severe one can reject it', async () => {
  const { key, account } = await reported({ severity: 'CRITICAL' })
  const { id } = await requestException(member, asked(key))
  await decideException(sreLead, { id, approve: false, note: 'Fix it' })
  expect(await exceptionOf(id)).toMatchObject({ state: 'rejected', note: 'Fix it' })
  expect(await stored(account)).toMatchObject({ status: 'new' })
})

test('a request for a finding resolved meanwhile is not approved', async () => {
  const { key, account } = await reported()
  const { id } = await requestException(member, asked(key))
  await ingest([asff({ account, status: 'PASSED' })], { observedAt: at(11) })
  await expect(decideException(csirtLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
    reason: 'exceptionResolved',
  })
})

test('an exception ends at the last moment of its day', async () => {
  const { key, account } = await reported()
  const id = await grantTo(member, csirtLead, key, {})
  setClock(() => end)
  await keepExceptions()
  expect(await exceptionOf(id)).toMatchObject({ state: 'ended', endedReason: 'date' })
  expect(await stored(account)).toMatchObject({ status: 'new' })
})

test('its date changes nothing if it was ended, rejected or never decided', async () => {
  const [first, second, third] = [await reported(), await reported(), await reported()]
  const ended = await grantTo(member, csirtLead, first.key, {})
  await endException(member, { id: ended, note: '' })
  const rejected = await requestException(member, asked(second.key))
  await decideException(sreLead, { id: rejected.id, approve: false, note: 'Seen' })
  const waiting = await requestException(member, asked(third.key))
  setClock(() => at(25))
  await keepExceptions()
  expect(await exceptionOf(ended)).toMatchObject({ state: 'ended', endedReason: 'hand', endedAt: at(10) })
  expect(await exceptionOf(rejected.id)).toMatchObject({ state: 'rejected', endedAt: null })
  expect(await exceptionOf(waiting.id)).toMatchObject({ state: 'requested', endedAt: null })
})

test('a finding that returns late is overdue immediately; a suppressed one never is', async () => {
  const { key, account } = await reported()
  await prisma().finding.updateMany({ where: { accountId: account }, data: { dueAt: at(12), dueBy: 'hand' } })
  const id = await grantTo(member, csirtLead, key, {})
  setClock(() => at(15))
  const other = await reported()
  setClock(() => at(15))
  await prisma().finding.updateMany({
    where: { accountId: other.account },
    data: { dueAt: at(12), dueBy: 'hand', overdue: true },
  })
  await grantTo(member, csirtLead, other.key, {})
  expect(await stored(other.account)).toMatchObject({ status: 'accepted', overdue: false })
  await endException(member, { id, note: '' })
  await applyException(csirtLead, id)
  expect(await stored(account)).toMatchObject({ status: 'new', overdue: true })
})

test('work that comes back before its date is not overdue', async () => {
  const { key, account } = await reported()
  const id = await grantTo(member, csirtLead, key, {})
  await endException(member, { id, note: '' })
  await applyException(csirtLead, id)
  expect(await stored(account)).toMatchObject({ status: 'new', overdue: false, dueAt: expect.any(Date) })
})

test('of two rules for one finding the older one covers it, also in the next report', async () => {
  const { account } = await reported()
  const ids: number[] = []
  for (const kind of ['accepted', 'false_positive'] as const) {
    const match = { accounts: [account], control: 'S3.2' }
    ids.push((await requestRule(member, { kind, reason: 'why', controls: 'how', until: '2026-06-20', match })).id)
  }
  const [older = 0, younger = 0] = ids
  for (const id of [younger, older]) await decideException(csirtLead, { id, approve: true, note: 'Seen' })
  await keepExceptions()
  expect(await stored(account)).toMatchObject({ status: 'accepted', exceptionId: older })
  await ingest([asff({ account, resource: 'next' })], { observedAt: at(11) })
  const next = await prisma().finding.findMany({ where: { accountId: account }, select: { exceptionId: true } })
  expect(next).toEqual([{ exceptionId: older }, { exceptionId: older }])
})

test('an exception ended by a person stays ended, whatever a later import contains', async () => {
  const { key } = await reported()
  const id = await grantTo(member, csirtLead, key, {})
  await endException(member, { id, note: '' })
  await transaction(client => endWithFinding(job, client, [{ id, reason: 'resolved' }]))
  expect(await exceptionOf(id)).toMatchObject({ endedReason: 'hand' })
})

test('an exception that ends while it is being applied is applied again', async () => {
  const { key, account } = await reported()
  const { id } = await requestException(member, asked(key))
  await decideException(csirtLead, { id, approve: true, note: 'Seen' })
  const release = await holdingAccount(account)
  const applied = applyException(csirtLead, id)
  await waiting(1)
  await endException(member, { id, note: '' })
  await release()
  await applied
  expect(await exceptionOf(id)).toMatchObject({ state: 'ended', pending: true })
})

test.each([
  ['approved', 'new', 'accepted'],
  ['ended', 'accepted', 'new'],
] as const)(
  'is looked at once more where an import that does not know of it ended while it was being brought in: %s',
  async (state, was, is) => {
    const { key, account } = await reported()
    const { id } = await requestException(member, asked(key))
    if (state === 'ended') {
      await decideException(csirtLead, { id, approve: true, note: 'Seen' })
      await keepExceptions()
    }
    const run = await prisma().import.findFirstOrThrow({ orderBy: { id: 'desc' } })
    await prisma().import.update({ where: { id: run.id }, data: { state: 'running', startedAt: at(10) } })
    if (state === 'ended') await endException(csirtLead, { id, note: '' })
    else await decideException(csirtLead, { id, approve: true, note: 'Seen' })
    const release = await holdingAccount(account)
    const applying = applyException(job, id)
    await waiting(1)
    await prisma().import.update({ where: { id: run.id }, data: { state: 'done' } })
    await release()
    await applying
    expect(await exceptionOf(id)).toMatchObject({ state, pending: true })
    // What the import still wrote by what it knew.
    await prisma().finding.updateMany({
      where: { accountId: account },
      data: {
        status: was,
        exceptionId: was === 'accepted' ? id : null,
        beforeException: was === 'accepted' ? 'new' : null,
      },
    })
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: is })
    expect(await exceptionOf(id)).toMatchObject({ pending: false })
  },
)

test('findings of an ended exception return to work', async () => {
  const { key, account } = await reported()
  const id = await grantTo(member, csirtLead, key, {})
  await prisma().exception.update({ where: { id }, data: { state: 'ended', endedAt: at(9), pending: false } })
  await keepExceptions()
  expect(await stored(account)).toMatchObject({ status: 'new', exceptionId: null })
})

test('for one finding ends with it, even if an import resolved it without loading the exception', async () => {
  const { key, account, id: finding } = await reported()
  const id = await grantTo(member, csirtLead, key, {})
  await keepExceptions()
  await prisma().finding.updateMany({
    where: { accountId: account, id: finding },
    data: {
      status: 'resolved',
      resolvedReason: 'passed',
      resolvedAt: at(10),
      exceptionId: null,
      beforeException: null,
    },
  })
  await keepExceptions()
  expect(await exceptionOf(id)).toMatchObject({ state: 'ended', endedReason: 'resolved' })
})
