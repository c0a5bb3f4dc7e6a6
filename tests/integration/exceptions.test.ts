import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { waitingExceptions } from '../../lib/queries/badges'
import { getFinding } from '../../lib/queries/findings/finding'
import { applyException } from '../../lib/store/exceptions/apply'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestException } from '../../lib/store/exceptions/request'
import { setStatus } from '../../lib/store/findings/triage'
import { firstExceptions } from '../support/exceptions'
import { accessOf, addMember } from '../support/people'
import { grantTo, people, reported, stored, tagged, type Who } from './support-exceptions'
import { asff, at, complete, ingest, job, newAccount, partial } from './support-ingest'

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

const granted = (finding: string, change = {}) => grantTo(member, csirtLead, finding, change)

describe('an exception for one finding', () => {
  test('is requested by one person, approved by another, applied, and ended at its date', async () => {
    const { account, key } = await reported()
    await setStatus(member, { selection: { ids: [key] }, status: 'in_progress' })
    const { id } = await requestException(member, {
      kind: 'accepted',
      reason: 'why',
      controls: 'how',
      until: '2026-06-20',
      finding: key,
    })
    expect(await stored(account)).toMatchObject({ status: 'in_progress' })
    expect(await firstExceptions(csirtLead, 'waiting')).toMatchObject([{ id, may: { decide: true, end: true } }])
    expect(await firstExceptions(member, 'waiting')).toMatchObject([{ id, may: { decide: false, end: true } }])
    await expect(
      decideException(accessOf(await addMember('lead'), 'lead'), { id, approve: true, note: 'Seen' }),
    ).resolves.toEqual({ id })
    await applyException(csirtLead, id)
    expect(await stored(account)).toMatchObject({ status: 'accepted', exceptionId: id, beforeException: 'in_progress' })
    setClock(() => new Date('2026-06-20T14:59:59.998Z'))
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'accepted' })
    setClock(() => new Date('2026-06-20T15:00:00Z'))
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'in_progress', exceptionId: null, beforeException: null })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      state: 'ended',
      endedReason: 'date',
      pending: false,
    })
    const kinds = (await getFinding(job, key)).events.map(event => event.kind)
    expect(kinds).toEqual(['created', 'status', 'asked', 'excepted', 'expiring', 'returned'])
  })

  test('is announced once, 14 days before its end', async () => {
    const { account, key } = await reported()
    await granted(key, { until: '2026-06-30' })
    await keepExceptions()
    const announced = () => prisma().findingEvent.count({ where: { accountId: account, kind: 'expiring' } })
    expect(await announced()).toBe(0)
    setClock(() => at(17))
    await keepExceptions()
    await keepExceptions()
    expect(await announced()).toBe(1)
    expect(await firstExceptions(member, 'expiring')).toMatchObject([{ finding: { id: key } }])
  })

  test('survives every report without a change', async () => {
    const { account, key } = await reported()
    await granted(key)
    await complete([asff({ account })], at(11))
    await partial([asff({ account, description: 'Other words' })], at(12))
    expect(await stored(account)).toMatchObject({ status: 'accepted' })
  })

  test('ends with the finding, and does not come back with it', async () => {
    const { account, key } = await reported()
    const id = await granted(key)
    await ingest([asff({ account, status: 'PASSED' })], { observedAt: at(11) })
    expect(await stored(account)).toMatchObject({ status: 'resolved', resolvedReason: 'passed', exceptionId: null })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      state: 'ended',
      endedReason: 'resolved',
    })
    await ingest([asff({ account })], { observedAt: at(12) })
    expect(await stored(account)).toMatchObject({ status: 'new', reopenedCount: 1, exceptionId: null })
  })

  test('ends if the severity exceeds its condition, and the finding returns to work', async () => {
    const { account, key } = await reported()
    const id = await granted(key, { condition: { tag: null, severityAtMost: 'medium' } })
    await ingest([asff({ account, severity: 'HIGH' })], { observedAt: at(11) })
    expect(await stored(account)).toMatchObject({ status: 'new', severity: 4, exceptionId: null })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      state: 'ended',
      endedReason: 'condition',
    })
  })

  test('ends if its tag is removed from the resource', async () => {
    const account = newAccount()
    await ingest([tagged({ account }, { 'public-site': 'yes', unit: 'shop' })], { observedAt: at(1) })
    setClock(() => at(10))
    const { key } = await stored(account)
    const id = await granted(key, { condition: { tag: { key: 'public-site', value: null }, severityAtMost: null } })
    await ingest([tagged({ account }, { 'public-site': 'no' })], { observedAt: at(11) })
    expect(await stored(account)).toMatchObject({ status: 'accepted' })
    await ingest([tagged({ account }, { unit: 'shop' })], { observedAt: at(12) })
    expect(await stored(account)).toMatchObject({ status: 'new' })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      state: 'ended',
      endedReason: 'condition',
    })
  })

  test('is ended manually by the requester or an approver', async () => {
    const { account, key } = await reported()
    const id = await granted(key)
    const stranger = accessOf(await addMember('member'), 'member')
    await expect(endException(stranger, { id, note: '' })).rejects.toMatchObject({ code: 'forbidden' })
    await endException(member, { id, note: 'No longer needed' })
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'new' })
    // What the approver wrote stays what the approver wrote.
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      note: 'Agreed',
      endNote: 'No longer needed',
    })
    await expect(endException(member, { id, note: '' })).rejects.toMatchObject({ reason: 'exceptionOver' })
  })

  test.each([
    ['2026-06-09', 'exceptionDate'],
    ['2027-06-30', 'exceptionDate'],
  ])('cannot end on %s', async (until, reason) => {
    const { key } = await reported()
    const input = { kind: 'accepted', reason: 'why', controls: 'how', until, finding: key } as const
    await expect(requestException(member, input)).rejects.toMatchObject({ reason })
  })

  test('is refused if there is one, if the finding is resolved, or if its condition is not met', async () => {
    const { account, key } = await reported()
    const input = { kind: 'accepted', reason: 'why', controls: 'how', until: '2026-06-20', finding: key } as const
    const condition = { tag: { key: 'public-site', value: null }, severityAtMost: null }
    await expect(requestException(member, { ...input, condition })).rejects.toMatchObject({
      reason: 'exceptionCondition',
    })
    await requestException(member, input)
    await expect(requestException(csirtLead, input)).rejects.toMatchObject({ reason: 'exceptionExists' })
    await ingest([asff({ account, status: 'PASSED' })], { observedAt: at(11) })
    await prisma().exception.deleteMany({})
    await expect(requestException(member, input)).rejects.toMatchObject({ reason: 'exceptionResolved' })
  })
})

describe('approval', () => {
  test('is for a second person', async () => {
    const { key } = await reported()
    const { id } = await requestException(csirtLead, {
      kind: 'accepted',
      reason: 'why',
      controls: 'how',
      until: '2026-06-20',
      finding: key,
    })
    await expect(decideException(csirtLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
      reason: 'exceptionOwn',
    })
    await expect(decideException(job, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
      reason: 'exceptionPerson',
    })
    await decideException(sreLead, { id, approve: false, note: 'Fix it' })
    await expect(decideException(sreLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
      reason: 'exceptionDecided',
    })
  })

  test('is refused for the requester, also by an own token', async () => {
    const { key } = await reported({ severity: 'MEDIUM' })
    const { id: token } = await prisma().apiToken.create({
      data: { name: 'ci', prefix: 'x', tokenHash: crypto.randomUUID(), permissions: [], createdBy: csirtLead.actor.id },
    })
    const asker = { ...member, actor: { kind: 'token', id: token, name: 'ci', owner: csirtLead.actor.id } } as const
    const { id } = await requestException(asker, {
      kind: 'accepted',
      reason: 'why',
      controls: 'how',
      until: '2026-06-20',
      finding: key,
    })
    expect(await firstExceptions(csirtLead, 'waiting')).toMatchObject([{ id, may: { decide: false, end: true } }])
    expect(await firstExceptions(sreLead, 'waiting')).toMatchObject([{ id, may: { decide: true } }])
    expect([await waitingExceptions(csirtLead), await waitingExceptions(sreLead)]).toEqual([0, 1])
    await expect(decideException(csirtLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
      reason: 'exceptionOwn',
    })
    await decideException(sreLead, { id, approve: true, note: 'Seen' })
  })

  test('of a severe finding requires a lead of CSIRT or an administrator', async () => {
    for (const [severity, teams] of [
      ['HIGH', ['csirt']],
      ['CRITICAL', ['csirt', 'sre']],
    ] as const) {
      const { key, account } = await reported({ severity })
      const { id } = await requestException(member, {
        kind: 'accepted',
        reason: 'why',
        controls: 'how',
        until: '2026-06-20',
        finding: key,
      })
      await expect(decideException(sreLead, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
        reason: 'exceptionNeedsSecurity',
      })
      const able = accessOf(await addMember('lead', { teams: [...teams] }), 'lead')
      await decideException(able, { id, approve: true, note: 'Seen' })
      await applyException(able, id)
      expect(await stored(account)).toMatchObject({ status: 'accepted' })
    }
  })

  test('of a finding that became severe since ends automatically', async () => {
    const { key, account } = await reported()
    const { id } = await requestException(member, {
      kind: 'accepted',
      reason: 'why',
      controls: 'how',
      until: '2026-06-20',
      finding: key,
    })
    await decideException(sreLead, { id, approve: true, note: 'Seen' })
    await applyException(sreLead, id)
    await ingest([asff({ account, severity: 'HIGH' })], { observedAt: at(11) })
    expect(await stored(account)).toMatchObject({ status: 'new' })
  })

  test('outside the accounts that one may see is not found', async () => {
    const { key } = await reported()
    const { id } = await requestException(member, {
      kind: 'accepted',
      reason: 'why',
      controls: 'how',
      until: '2026-06-20',
      finding: key,
    })
    const outside = accessOf(
      await addMember('lead', { teams: ['csirt'], limited: true, accounts: ['999999999999'] }),
      'lead',
    )
    await expect(decideException(outside, { id, approve: true, note: 'Seen' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(endException(outside, { id, note: '' })).rejects.toMatchObject({ code: 'not_found' })
    expect(await firstExceptions(outside, 'waiting')).toEqual([])
  })
})

test('a decision during an import is applied once the import has ended', async () => {
  const { account, key } = await reported()
  const running = await prisma().import.create({
    data: {
      state: 'running',
      origin: 'api',
      sha256: 'x',
      sizeBytes: 1,
      observedAt: at(9),
      startedAt: at(9),
      actorKind: 'job',
      actorId: 'x',
      actorName: 'x',
    },
  })
  const id = await granted(key)
  expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ pending: true })
  await pool().query(
    `UPDATE finding SET status = 'new', exception_id = NULL, before_exception = NULL WHERE account_id = $1`,
    [account],
  )
  await prisma().import.update({ where: { id: running.id }, data: { state: 'done' } })
  await keepExceptions()
  expect(await stored(account)).toMatchObject({ status: 'accepted' })
  expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ pending: false })
})
