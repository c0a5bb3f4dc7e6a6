import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Access } from '../../lib/access/proof'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import type { Permission } from '../../lib/domain/people/role'
import { getFinding } from '../../lib/queries/findings/finding'
import { accessOf, addMember } from '../support/people'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  historyOf,
  newAccount,
  partial,
  prowler,
  type RecordParts,
} from './support-ingest'

let member: Access<Permission>
let lead: Access<Permission>
let account = ''

beforeAll(async () => {
  member = accessOf(await addMember('member'), 'member')
  lead = accessOf(await addMember('lead'), 'lead')
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, severity: 'HIGH', ...parts })

/** What a person reads of the finding. */
async function shown() {
  const found = await findingOf(one())
  const { title, severity, description, remediationText, dueAt } = await getFinding(
    member,
    toFindingId(account, found?.id ?? ''),
  )
  return { title, severity, description, remediationText, dueAt }
}

const falseWords = { title: 'Nothing to see', description: 'A false alarm', type: 'Other' }

describe('a record of a member about a finding that a lead reported', () => {
  test.each([
    { change: 'a lower severity', parts: { severity: 'INFORMATIONAL' } },
    { change: 'another text', parts: falseWords },
    { change: 'both', parts: { ...falseWords, severity: 'LOW' } },
    { change: 'another text, as the newest of all', parts: { ...falseWords, updatedAt: at(4) } },
  ])('with $change changes nothing and is counted, also the second time', async ({ parts }) => {
    await partial([one()], at(2), { access: lead })
    const before = await shown()
    for (const day of [4, 5]) {
      const sent = await partial([one({ updatedAt: at(3), ...parts })], at(day), { access: member })
      expect(sent).toMatchObject({ accepted: 1, updated: 0, withheld: 1 })
    }
    expect(await shown()).toEqual(before)
    expect(await historyOf(one())).toEqual([])
    await expectTrueCounts()
  })

  test('raises the severity and the due date with it, and leaves the text', async () => {
    await partial([one({ severity: 'MEDIUM' })], at(2), { access: lead })
    const before = await shown()
    const raise = one({ severity: 'CRITICAL', updatedAt: at(3) })
    const plain = await partial([raise], at(3), { access: member })
    expect(plain).toMatchObject({ updated: 1, withheld: 0 })
    const after = await shown()
    expect(after).toMatchObject({ ...before, severity: 'critical', dueAt: expect.any(Date) })
    expect(after.dueAt?.getTime()).toBeLessThan(before.dueAt?.getTime() ?? 0)
    expect(await partial([raise], at(4), { access: member })).toMatchObject({ updated: 0, withheld: 0 })
    const lower = one({ severity: 'LOW', updatedAt: at(5) })
    expect(await partial([lower], at(5), { access: member })).toMatchObject({ updated: 0, withheld: 1 })
    expect(await shown()).toEqual(after)
  })

  test('that raises the severity and has another text is counted for the text', async () => {
    await partial([one({ severity: 'MEDIUM' })], at(2), { access: lead })
    const before = await shown()
    const sent = await partial([one({ ...falseWords, severity: 'CRITICAL' })], at(3), { access: member })
    expect(sent).toMatchObject({ updated: 1, withheld: 1 })
    expect(await shown()).toMatchObject({ title: before.title, description: before.description })
  })

  test('with a raised severity is overruled by the next report of a lead, even with the same bytes as before', async () => {
    const report = [one({ severity: 'MEDIUM' }), one({ resource: 'other' })]
    await complete(report, at(2), { access: lead })
    await partial([one({ severity: 'CRITICAL' })], at(3), { access: member })
    expect(await findingOf(one())).toMatchObject({ severity: 5 })
    await complete(report, at(4), { access: lead })
    expect(await findingOf(one())).toMatchObject({ severity: 3 })
  })

  test('does not make a later report of a lead outdated', async () => {
    await partial([one({ severity: 'LOW' })], at(2), { access: lead })
    await partial([one({ severity: 'LOW', updatedAt: at(9) })], at(9), { access: member })
    const sent = await partial([one({ severity: 'CRITICAL', updatedAt: at(5) })], at(8), { access: lead })
    expect(sent).toMatchObject({ updated: 1, older: 0 })
    expect(await findingOf(one())).toMatchObject({ severity: 5 })
  })

  test('reopens a finding that a person resolved, without changing its text', async () => {
    await partial([one()], at(2), { access: lead })
    const before = await shown()
    const found = await findingOf(one())
    await prisma().finding.updateMany({
      where: { accountId: account, id: found?.id ?? '' },
      data: { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(3) },
    })
    await partial([one({ ...falseWords, severity: 'LOW', updatedAt: at(4) })], at(4), { access: member })
    expect(await findingOf(one())).toMatchObject({ status: 'new', severity: 4 })
    expect(await shown()).toMatchObject({ title: before.title, description: before.description })
  })
})

test('the first report of a member does not make that of a lead outdated', async () => {
  await partial([one({ ...falseWords, severity: 'LOW', updatedAt: at(9) })], at(9), { access: member })
  expect(await shown()).toMatchObject({ title: 'Nothing to see', severity: 'low' })
  await partial([one({ updatedAt: at(5) })], at(8), { access: lead })
  expect(await shown()).toMatchObject({ title: 'S3.2 should hold', severity: 'high' })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
})

describe('a record of a member under another id, or of another tool', () => {
  test.each([
    { of: 'another id', record: (severity: string) => one({ ...falseWords, severity, id: 'a', updatedAt: at(3) }) },
    { of: 'another tool', record: (severity: string) => prowler({ account, ...falseWords, severity, id: 'a' }) },
  ])('of $of adds itself, and neither lowers the severity nor replaces the text', async ({ record }) => {
    await partial([one()], at(2), { access: lead })
    const before = await shown()
    await partial([record('Low')], at(4), { access: member })
    expect(await shown()).toEqual(before)
    await partial([record('Critical')], at(5), { access: member })
    expect(await shown()).toMatchObject({ title: before.title, description: before.description, severity: 'critical' })
    const found = await findingOf(one())
    const { sightings } = await getFinding(member, toFindingId(account, found?.id ?? ''))
    expect(sightings).toHaveLength(2)
  })
})

test('a member can still change findings that only members reported', async () => {
  await partial([one()], at(2), { access: member })
  await partial([one({ ...falseWords, severity: 'LOW', updatedAt: at(3) })], at(3), { access: member })
  expect(await shown()).toMatchObject({ title: 'Nothing to see', severity: 'low' })
})
