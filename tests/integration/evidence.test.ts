import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import type { Permission } from '../../lib/domain/people/role'
import { getFinding } from '../../lib/queries/findings/finding'
import { getImport } from '../../lib/queries/imports/imports'
import { applyException } from '../../lib/store/exceptions/apply'
import { accessOf, addMember } from '../support/people'
import { grantRule, people, stored, tagged, type Who } from './support-exceptions'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  historyOf,
  ingest,
  job,
  newAccount,
  partial,
  prowler,
  type RecordParts,
} from './support-ingest'
import { custom } from './support-records'

let member: Access<Permission>
let lead: Access<Permission>
let requester: Who
let approver: Who
let account = ''

beforeAll(async () => {
  member = accessOf(await addMember('member'), 'member')
  lead = accessOf(await addMember('lead'), 'lead')
  const found = await people()
  requester = found.member
  approver = found.csirtLead
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })

describe.each([
  { says: 'passed', parts: { status: 'PASSED' }, resolved: 1 },
  { says: 'archived', parts: { archived: true }, resolved: 1 },
  { says: 'suppressed', parts: { suppressed: true }, resolved: 0 },
] as const)('a record that is $says', ({ says, parts, resolved }) => {
  const closing = () => one({ ...parts, updatedAt: at(3) })

  test('of a member resolves nothing and is counted; the same bytes of a lead resolve it', async () => {
    await partial([one()], at(2), { access: lead })
    const sent = await partial([closing()], at(4), { access: member })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    expect(await historyOf(one())).toEqual([])
    expect(sent).toMatchObject({ accepted: 1, resolved: 0, withheld: 1, mayClose: false })
    const again = await partial([closing()], at(5), { access: lead, force: false })
    expect(again.id).not.toBe(sent.id)
    expect(again).toMatchObject({ resolved, withheld: 0, mayClose: true })
    expect(await historyOf(one())).toEqual([[resolved ? 'resolved' : 'suppressed', 'new', says]])
  })

  test('of a member does not make a finding resolved from the start', async () => {
    const sent = await partial([closing()], at(4), { access: member })
    expect(sent).toMatchObject({ created: 0, resolved: 0, withheld: 1 })
    expect(await findingOf(one())).toBeNull()
    await partial([one({ updatedAt: at(2) })], at(2), { access: lead })
    expect(await findingOf(one())).toMatchObject({ status: 'new', resolvedAt: null })
    await expectTrueCounts()
  })

  test('of a member that is the first of its problem has its effect once a lead sends it', async () => {
    await partial([closing()], at(4), { access: member })
    await partial([closing()], at(4), { access: lead })
    const found = await findingOf(one())
    if (says === 'passed') expect(found).toBeNull()
    else if (says === 'suppressed') expect(found).toMatchObject({ status: says, resolvedReason: null })
    else expect(found).toMatchObject({ status: 'resolved', resolvedReason: says })
  })

  test('of a member hides no problem that is reported afterwards, of whatever time', async () => {
    await partial([closing()], at(6), { access: member })
    for (const day of [4, 5]) {
      await partial([one({ updatedAt: at(day - 1) })], at(day), { access: lead })
      expect(await findingOf(one())).toMatchObject({ status: 'new' })
      await partial([closing()], at(6), { access: member })
    }
    await complete([one({ updatedAt: at(6) })], at(7), { access: lead })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await expectTrueCounts()
  })

  test('of a member does not make a pass newer than a report of the problem', async () => {
    await partial([one({ ...parts, updatedAt: at(1) })], at(2), { access: lead })
    await partial([one({ ...parts, updatedAt: at(4) })], at(5), { access: member })
    await partial([one({ updatedAt: at(3) })], at(4), { access: lead })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  })
})

test('a pass under another record id resolves nothing for a member, and resolves it once a lead sends it', async () => {
  const pass = one({ id: 'other', status: 'PASSED', updatedAt: at(3) })
  await partial([one()], at(2), { access: lead })
  await partial([pass], at(4), { access: member })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
  await partial([one({ id: 'third', updatedAt: at(2) })], at(3), { access: lead })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
  await partial([pass], at(5), { access: lead })
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
})

test('a complete report of a lead resolves by records that a member sent before', async () => {
  const failing = [one(), one({ resource: 'b' })]
  const passing = [one({ status: 'PASSED', updatedAt: at(3) }), one({ resource: 'b', updatedAt: at(1) })]
  await complete(failing, at(2), { access: lead })
  await partial(passing, at(4), { access: member })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
  await complete(passing, at(5), { access: lead })
  expect(await findingOf(one())).toMatchObject({ status: 'resolved' })
  expect(await findingOf(one({ resource: 'b' }))).toMatchObject({ status: 'new' })
})

test('a member adds, updates and reopens as before', async () => {
  await partial([one()], at(2), { access: member })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
  expect(await partial([one({ severity: 'HIGH', updatedAt: at(2) })], at(3), { access: member })).toMatchObject({
    updated: 1,
    withheld: 0,
  })
  await partial([one({ status: 'PASSED', updatedAt: at(4) })], at(4), { access: lead })
  expect(await findingOf(one())).toMatchObject({ status: 'resolved' })
  expect(await partial([one({ updatedAt: at(5) })], at(5), { access: member })).toMatchObject({ reopened: 1 })
  expect(await partial([one({ updatedAt: at(5) })], at(6), { access: lead })).toMatchObject({
    unchanged: 1,
    resolved: 0,
  })
  await expectTrueCounts()
})

test('a passed check without a contradiction counts for the score', async () => {
  await partial([one({ status: 'PASSED' })], at(2), { access: member })
  expect(await prisma().controlResult.findMany({ where: { accountId: account } })).toMatchObject([{ passed: 1 }])
})

test('a member cannot give a reported problem another identity by a record with its id', async () => {
  const threat = { ...custom({ account, id: 'x', severity: 'CRITICAL' }), Types: ['TTPs/Initial Access'] }
  await partial([threat], at(2), { access: lead })
  const [before] = await prisma().finding.findMany({ where: { accountId: account } })
  expect(before).toMatchObject({ class: 'threat', status: 'new', severity: 5 })
  const check = custom({ account, id: 'x', severity: 'LOW', resource: 'elsewhere' })
  expect(await partial([check], at(3), { access: member })).toMatchObject({ withheld: 1, created: 0 })
  expect(await prisma().finding.findMany({ where: { accountId: account } })).toEqual([before])
  await partial([check], at(4), { access: lead })
  expect(await prisma().finding.findMany({ where: { accountId: account } })).toMatchObject([
    { class: 'posture', status: 'new', severity: 2 },
  ])
})

describe('tags that an exception by rule matches', () => {
  const rule = { match: { tag: { key: 'public', value: 'yes' } } }
  beforeEach(async () => {
    await prisma().exception.deleteMany({})
  })

  test('of a member cover neither a stored finding nor a new one, also not when rules are applied again', async () => {
    const id = await grantRule(requester, approver, { ...rule, match: { ...rule.match, accounts: [account] } })
    await partial([asff({ account })], at(11), { access: lead })
    const sent = await partial([tagged({ account }, { public: 'yes' })], at(12), { access: member })
    expect(sent).toMatchObject({ withheld: 1 })
    expect(await stored(account)).toMatchObject({ status: 'new', exceptionId: null })
    await applyException(job, id)
    expect(await stored(account)).toMatchObject({ status: 'new', exceptionId: null })
    const covered = await partial([tagged({ account }, { public: 'yes' })], at(13), { access: lead })
    expect(covered).toMatchObject({ withheld: 0 })
    expect(await stored(account)).toMatchObject({ status: 'accepted', exceptionId: id })
    const again = await partial([tagged({ account }, { public: 'yes' })], at(14), { access: member })
    expect(again).toMatchObject({ withheld: 0, unchanged: 1 })
    expect(await stored(account)).toMatchObject({ status: 'accepted', exceptionId: id })
  })

  test('of a member do not cover a finding that begins with them; byte for byte the same of a lead does', async () => {
    const id = await grantRule(requester, approver, { ...rule, match: { ...rule.match, accounts: [account] } })
    expect(await partial([tagged({ account }, { public: 'yes' })], at(12), { access: member })).toMatchObject({
      created: 1,
      withheld: 1,
    })
    expect(await stored(account)).toMatchObject({ status: 'new', exceptionId: null })
    await complete([tagged({ account }, { public: 'yes' })], at(13), { access: lead })
    expect(await stored(account)).toMatchObject({ status: 'accepted', exceptionId: id })
  })
})

test('a lower severity of a member does not bring a finding under an exception', async () => {
  await prisma().exception.deleteMany({})
  await partial([one({ severity: 'CRITICAL' })], at(2), { access: lead })
  await grantRule(requester, approver, {
    match: { accounts: [account] },
    condition: { tag: null, severityAtMost: 'low' },
  })
  await partial([one({ severity: 'LOW', updatedAt: at(11) })], at(12), { access: member })
  expect(await findingOf(one())).toMatchObject({ exceptionId: null, status: 'new' })
})

test('Prowler of a member resolves nothing that Security Hub of a lead reports', async () => {
  await partial([one()], at(2), { access: lead })
  await partial([prowler({ account, status: 'PASSED', updatedAt: at(3) })], at(4), { access: member })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
})

describe('complete reports', () => {
  const token = (permissions: Permission[]): Access<Permission> =>
    prove({ actor: { kind: 'token', id: 't', name: 't' }, accounts: 'all', ip: null, granted: new Set(permissions) }, [
      ...permissions,
    ])
  test.each([
    { sender: 'a member', may: false, permissions: permissionsOf('member') },
    { sender: 'a lead', may: true, permissions: permissionsOf('lead') },
    { sender: 'an administrator', may: true, permissions: permissionsOf('admin') },
    { sender: 'a token with imports:write', may: false, permissions: ['imports:write', 'imports:read'] as const },
    { sender: 'a token with imports:close', may: true, permissions: ['imports:write', 'imports:close'] as const },
    { sender: 'the command line', may: true, permissions: [...job.granted] },
  ])('by $sender: $may', async ({ may, permissions }) => {
    const access = token([...permissions])
    await complete([one(), one({ resource: 'kept' })], at(2))
    const before = await prisma().import.count()
    const sending = complete([one({ resource: 'kept' })], at(3), { access })
    if (may) {
      expect(await sending).toMatchObject({ coverage: 'complete', resolved: 1 })
      expect(await findingOf(one())).toMatchObject({ status: 'resolved' })
    } else {
      await expect(sending).rejects.toMatchObject({ code: 'forbidden', reason: 'importComplete' })
      expect(await prisma().import.count()).toBe(before)
      expect(await findingOf(one())).toMatchObject({ status: 'new' })
    }
  })

  test('by a member are refused even if an empty report was intended', async () => {
    await complete([one()], at(2))
    const empty = ingest('{"Findings":[]}', { access: member, coverage: 'complete', source: 'security-hub', account })
    await expect(empty).rejects.toMatchObject({ code: 'forbidden' })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  })
})

test('the counts of an import include records without effect', async () => {
  await partial([one()], at(2), { access: lead })
  const sent = await partial([one({ status: 'PASSED', updatedAt: at(3) })], at(4), { access: member })
  expect((await getImport(member, sent.id)).counts).toMatchObject({ withheld: 1, passed: 1, resolved: 0 })
})

test('a waiting resolution shows its import and the sender on the finding', async () => {
  const many = Array.from({ length: 30 }, (_, n) => one({ resource: `b${n}` }))
  await complete([...many, one({ status: 'PASSED', resource: 'fine' })], at(2), { access: lead })
  const sent = await complete([...many.slice(25), one({ status: 'PASSED', resource: 'fine' })], at(3), { access: lead })
  expect(sent).toMatchObject({ resolved: 0 })
  const finding = await findingOf(one({ resource: 'b0' }))
  const { sightings } = await getFinding(member, toFindingId(account, finding?.id ?? ''))
  // It stands where the finding does.
  expect(sightings[0]?.ownRegion).toBeNull()
  expect(sightings[0]?.absent).toMatchObject({ reason: 'waiting', importId: sent.id, sender: lead.actor.name })
})
