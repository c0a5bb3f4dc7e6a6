import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { FindingFilter, splitFindingId } from '../../lib/domain/findings/filter'
import { NotFoundError } from '../../lib/errors'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { listAudit, listAuditActors } from '../../lib/queries/audit/audit'
import { sidebarBadges, waitingExceptions } from '../../lib/queries/badges'
import { countExceptions } from '../../lib/queries/exceptions/exceptions'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { rawRecord } from '../../lib/queries/findings/raw'
import { getHome } from '../../lib/queries/home/home'
import { getImport, listImports } from '../../lib/queries/imports/imports'
import { listAssignable, ownerIds } from '../../lib/queries/people/assignable-members'
import { listControls, searchEverywhere } from '../../lib/queries/search'
import { firstExceptions } from '../support/exceptions'
import { firstGroups } from '../support/groups'
import { accessFor, clear, ours, theirs, twoAccounts } from '../support/organisation'
import { addMember } from '../support/people'
import { cit, sre } from '../support/teams'

const limited = accessFor('admin', { accounts: [ours] })
const everything = accessFor('admin')
const page = { cursor: null, limit: 50 }
const filter = (given: Partial<FindingFilter> = {}) => FindingFilter.parse(given)
const asked = {
  kind: 'accepted',
  condition: {},
  reason: 'why',
  expiresAt: new Date('2026-06-01'),
  requestedBy: 'x',
  requestedName: 'x',
  requestedAt: new Date('2026-01-01'),
}
let seeded: Awaited<ReturnType<typeof twoAccounts>>
let theirImport: number

beforeAll(async () => {
  await clear()
  seeded = await twoAccounts()
  await addMember('member', { name: 'Limited to theirs', limited: true, accounts: [theirs] })
  await addMember('member', { name: 'Limited to ours', limited: true, accounts: [ours] })
  await pool().query(`UPDATE finding SET owner_id = $1`, [limited.actor.id])
  for (const [account, finding] of [
    [ours, seeded.oursFinding],
    [theirs, seeded.theirsFinding],
  ] as const) {
    const rule = { control: account === ours ? 'S3.1' : 'S3.2', accounts: [account] }
    await prisma().exception.create({ data: { ...asked, accountId: account, findingId: splitFindingId(finding).uuid } })
    await prisma().exception.create({ data: { ...asked, state: 'ended', match: rule } })
  }
  theirImport = (await prisma().import.findFirstOrThrow({ where: { accounts: { has: theirs } } })).id
})
afterAll(closeDatabase)

type Reader = typeof limited

/** Every read that returns rows of several accounts, as [name, read]. */
const allReads: [string, (reader: Reader) => Promise<unknown>][] = [
  ['listFindings', reader => listFindings(reader, filter(), page)],
  [
    'listFindings of any status',
    reader => listFindings(reader, filter({ status: ['new', 'resolved', 'accepted'] }), page),
  ],
  ['listFindings by text', reader => listFindings(reader, filter({ text: 'bucket' }), page)],
  ['listFindings by environment', reader => listFindings(reader, filter({ environment: ['production'] }), page)],
  ['listFindings by accounts', reader => listFindings(reader, filter({ account: [ours, theirs] }), page)],
  ['listAccounts', reader => listAccounts(reader, AccountFilter.parse({}), page)],
  ['listAccounts by text', reader => listAccounts(reader, AccountFilter.parse({ text: 'shop' }), page)],
  ['listExceptions', reader => firstExceptions(reader, 'waiting')],
  ['listExceptions by rule', reader => firstExceptions(reader, 'over')],
  ['getHome', reader => getHome(reader, sre).then(({ lists, accounts }) => ({ lists, accounts }))],
  ['listImports', reader => listImports(reader, null)],
  ['searchEverywhere', reader => searchEverywhere(reader, 's')],
  ['searchEverywhere by a word', reader => searchEverywhere(reader, 'bucket')],
  ['listControls', reader => listControls(reader)],
  ['groupFindings by control', reader => firstGroups(reader, filter(), 'control')],
  ['groupFindings by account', reader => firstGroups(reader, filter(), 'account')],
]

test.each(allReads)('%s never shows another account to a limited member', async (_name, read) => {
  const seen = JSON.stringify(await read(limited))
  expect(seen).not.toContain(theirs)
  expect(seen).not.toMatch(/theirs|S3\.2/)
  expect(seen).toMatch(new RegExp(`${ours}|ours|S3\\.1`))
  // The read would have shown it: otherwise this test proves nothing.
  expect(JSON.stringify(await read(everything))).toMatch(new RegExp(`${theirs}|theirs|S3\\.2`))
})

/** Every read of one thing: outside the scope it is as if it did not exist. */
const singleReads: [string, (reader: Reader) => Promise<unknown>][] = [
  ['getFinding', reader => getFinding(reader, seeded.theirsFinding)],
  ['rawRecord', reader => rawRecord(reader, seeded.theirsFinding, seeded.sighting)],
  ['getAccount', reader => getAccount(reader, theirs)],
  ['getImport', reader => getImport(reader, theirImport)],
]
test.each(singleReads)('%s outside the scope is not found', async (_name, read) => {
  await expect(read(limited)).rejects.toThrow(NotFoundError)
  await expect(read(everything)).resolves.toBeTruthy()
})

test.each(['account', 'text', 'search'] as const)('a request for another account by %s returns nothing', async how => {
  if (how === 'account')
    expect(await listFindings(limited, filter({ account: [theirs] }), page)).toMatchObject({ rows: [], total: 0 })
  if (how === 'text')
    expect(await listFindings(limited, filter({ text: theirs }), page)).toMatchObject({ rows: [], total: 0 })
  if (how === 'search') expect((await searchEverywhere(limited, seeded.theirsFinding)).findings).toEqual([])
})

test('counts are of the accounts in scope', async () => {
  expect(await sidebarBadges(limited)).toEqual({ mine: 1, mineOverdue: 1 })
  expect(await sidebarBadges(everything)).toEqual({ mine: 2, mineOverdue: 2 })
  expect(await listFindings(limited, filter(), page)).toMatchObject({ total: 1, exact: true })
  expect(await getHome(limited, sre)).toMatchObject({ openTotal: 1, overdue: 1, mine: 1, open: { high: 1, low: 0 } })
  expect(await listControls(limited)).toEqual(['S3.1'])
})

test('a home page shows whether a report of an account in scope has been imported', async () => {
  expect(await getHome(limited, cit)).toMatchObject({ openTotal: 0, reported: true })
  const unreported = accessFor('admin', { accounts: ['999999999999'] })
  expect(await getHome(unreported, cit)).toMatchObject({ openTotal: 0, reported: false })
})

test('the assignees of an account are the members with access to it', async () => {
  const names = async (accounts: string[]) => (await listAssignable(limited, accounts)).map(person => person.name)
  expect(await names([ours])).toEqual(['Limited to ours'])
  expect(await names([])).toEqual(['Limited to ours'])
  expect((await listAssignable(everything, [ours, theirs])).map(person => person.name)).toEqual([])
})

describe('imports', () => {
  test('of the member, of any account, are visible to the member', async () => {
    const { kind, id, name } = limited.actor
    const run = await prisma().import.create({
      data: {
        origin: 'browser',
        sha256: 'x',
        sizeBytes: 1,
        observedAt: new Date(),
        actorKind: kind,
        actorId: id,
        actorName: name,
      },
    })
    expect((await getImport(limited, run.id)).state).toBe('queued')
    const other = { ...limited, actor: { kind: 'token' as const, id: 'other', name: 'other' } }
    await expect(getImport(other, run.id)).rejects.toThrow(NotFoundError)
    await prisma().import.update({ where: { id: run.id }, data: { state: 'receiving' } })
    await expect(getImport(everything, run.id)).rejects.toThrow(NotFoundError)
    await prisma().import.delete({ where: { id: run.id } })
  })
})

test('titles of a control that both have are those of the own findings', async () => {
  const shared = { control: 'S3.1', title: '0 a bucket of theirs' }
  await pool().query('UPDATE finding SET control = $2 WHERE account_id = $1', [theirs, shared.control])
  await prisma().controlTitle.create({ data: shared })
  expect(await firstGroups(limited, filter(), 'control')).toMatchObject([{ key: 'S3.1', count: 1 }])
  expect(JSON.stringify(await firstGroups(limited, filter(), 'control'))).not.toContain(shared.title)
  expect(await firstGroups(everything, filter(), 'control')).toMatchObject([{ label: shared.title, count: 2 }])
  await prisma().controlTitle.delete({ where: { control_title: shared } })
  await pool().query(`UPDATE finding SET control = 'S3.2' WHERE account_id = $1`, [theirs])
})

test('the audit log shows a limited member no entry about other accounts', async () => {
  const entry = { at: new Date('2026-01-01'), actorKind: 'member', actorId: 'x', actorName: 'x', target: 'x' }
  const detail = { accounts: [theirs] }
  const hidden = [
    'exception.request',
    'policy.routing',
    'token.create',
    'member.update',
    'invite.create',
    'invite.refused',
    'session.start',
    'session.end',
    'session.refused',
    'profile.update',
    'profile.password',
    'setup.claim',
    'setup.refused',
    'access.refused',
    'findings.export',
    'anything.new',
  ]
  await prisma().auditEntry.createMany({
    data: [...hidden, 'policy.due'].map(action => ({ ...entry, action, detail })),
  })
  const actions = async (reader: Reader) =>
    (await listAudit(reader, { actor: '', action: '' }, null)).rows.map(row => row.action)
  expect(await actions(limited)).toEqual(['policy.due'])
  expect((await actions(everything)).sort()).toEqual([...hidden, 'policy.due'].sort())
})

test('actors on other accounts are not offered to a limited member', async () => {
  const [here, there] = [await addMember('lead', { name: 'Here' }), await addMember('lead', { name: 'There' })]
  const entry = (member: { id: string }, accountId: string | null, action: string) =>
    prisma().auditEntry.create({
      data: { actorKind: 'member', actorId: member.id, actorName: 'x', target: 'x', accountId, action },
    })
  await entry(here, ours, 'account.update')
  await entry(there, theirs, 'account.update')
  await entry(there, null, 'session.start')
  const names = async (reader: Reader) => (await listAuditActors(reader)).map(({ name }) => name)
  expect(await names(limited)).toEqual(['Here'])
  expect(await names(everything)).toEqual(expect.arrayContaining(['Here', 'There']))
})

test('a rule beyond the member’s accounts is shown if it covers something, and without its texts', async () => {
  const rule = (accounts: string[]) =>
    prisma().exception.create({
      data: {
        ...asked,
        state: 'approved',
        reason: 'secret of theirs',
        note: 'secret of theirs',
        match: { accounts, control: 'S3.1', resource: 'arn:aws:s3:::secret of theirs*' },
      },
    })
  const [both, all] = [await rule([ours, theirs]), await rule([])]
  const told = async () => JSON.stringify(await firstExceptions(limited, 'active'))
  expect(await firstExceptions(limited, 'active')).toEqual([])
  expect(await countExceptions(limited)).toMatchObject({ active: 0 })
  const { uuid } = splitFindingId(seeded.oursFinding)
  const cover = (exceptionId: number | null) =>
    prisma().finding.updateMany({ where: { accountId: ours, id: uuid }, data: { exceptionId } })
  await cover(both.id)
  expect(await firstExceptions(limited, 'active')).toMatchObject([{ id: both.id, hidden: true, covers: 1 }])
  expect(await told()).not.toContain('secret')
  expect(JSON.stringify(await getFinding(limited, seeded.oursFinding))).not.toContain('secret')
  // One for every account is written for everybody whom it concerns.
  await cover(all.id)
  expect(await firstExceptions(limited, 'active')).toMatchObject([{ id: all.id, hidden: false }])
  await cover(null)
  await prisma().exception.deleteMany({ where: { id: { in: [both.id, all.id] } } })
})

test('exceptions wait for members who can decide them: rules only for those with all their accounts', async () => {
  // One for a finding of each of the two accounts is there already.
  expect([await waitingExceptions(limited), await waitingExceptions(everything)]).toEqual([1, 2])
  for (const accounts of [[theirs], [ours, theirs], [], [ours]])
    await prisma().exception.create({ data: { ...asked, match: { accounts, control: 'S3.1' } } })
  expect([await waitingExceptions(limited), await waitingExceptions(everything)]).toEqual([2, 6])
  expect((await firstExceptions(limited, 'waiting')).filter(row => row.may.decide)).toHaveLength(2)
})

test('an import with other accounts shows a limited member only the visible ones', async () => {
  const sent = {
    origin: 'api',
    sha256: 'y',
    sizeBytes: 1,
    observedAt: new Date(),
    actorKind: 'job',
    actorId: 'j',
    actorName: 'j',
  }
  const heldBack = [ours, theirs, null].map(accountId => ({ accountId, source: null, reason: 'rejects' }))
  const run = await prisma().import.create({
    data: { ...sent, state: 'done', accounts: [ours], coverage: 'complete', rejected: 1, heldBack },
  })
  await prisma().importReject.create({
    data: { importId: run.id, index: 0, code: 'bad_severity', params: { value: 'a word of theirs' } },
  })
  expect(await getImport(everything, run.id)).toMatchObject({ heldBack, rejects: [{ code: 'bad_severity' }] })
  expect(await getImport(limited, run.id)).toMatchObject({ heldBack: [{ accountId: ours }], rejects: [] })
  await prisma().import.delete({ where: { id: run.id } })
  await prisma().importReject.deleteMany({ where: { importId: run.id } })
})

test('a record that shares its payload with others is not shown to a limited member', async () => {
  // However its key is written.
  const piece = '{"\\u0062ody":"{\\"Findings\\":[1,2]}"}'
  const { importId, start } = await prisma().importChunk.findFirstOrThrow({ where: { importId: theirImport } })
  const before = await prisma().importChunk.findFirstOrThrow({ where: { importId, start } })
  await pool().query(`UPDATE sighting SET raw_offset = $2, raw_length = $3, import_id = $4 WHERE account_id = $1`, [
    ours,
    0,
    piece.length,
    importId,
  ])
  await prisma().importChunk.update({
    where: { importId_start: { importId, start } },
    data: { start: 0, length: piece.length, deflated: new Uint8Array(deflateSync(piece)) },
  })
  const own = await prisma().sighting.findFirstOrThrow({ where: { accountId: ours } })
  expect(await rawRecord(everything, seeded.oursFinding, own.id)).toBe(piece)
  expect(await rawRecord(limited, seeded.oursFinding, own.id)).toBeNull()
  await prisma().importChunk.update({
    where: { importId_start: { importId, start: 0 } },
    data: { start: before.start, length: before.length, deflated: before.deflated },
  })
})

test('the raw record is cut out of the payload', async () => {
  expect(await rawRecord(everything, seeded.theirsFinding, seeded.sighting)).toBe('{"word":"theirs"}')
  await pool().query('DELETE FROM import_chunk WHERE import_id = $1', [theirImport])
  expect(await rawRecord(everything, seeded.theirsFinding, seeded.sighting)).toBeNull()
})

test('a finding shows the problem, the fix, its sources and its first day', async () => {
  const detail = await getFinding(limited, seeded.oursFinding)
  expect(detail).toMatchObject({
    description: 'What ours should know',
    remediationUrl: 'https://example.com/fix',
    accountName: 'ours shop',
    sightings: [{ source: 'security-hub', present: true }],
    may: { triage: true },
  })
  expect(detail.events.map(event => [event.kind, event.before, event.after])).toEqual([
    ['created', null, null],
    ['severity', 'low', 'high'],
  ])
  expect((await getFinding(accessFor('member', { teams: ['cit'] }), seeded.oursFinding)).may.triage).toBe(false)
  expect((await getFinding(accessFor('viewer'), seeded.oursFinding)).may.triage).toBe(false)
})

test('only administrators can find out whether an address is that of a member', async () => {
  const { email } = await addMember('viewer')
  for (const role of ['viewer', 'auditor', 'member', 'lead'] as const) {
    const reader = accessFor(role)
    const answers = []
    for (const owner of [email, 'nobody@example.com']) {
      const found = await listFindings(reader, filter({ owner: await ownerIds(reader, [owner]) }), page)
      answers.push({ ...found, rows: found.rows.length })
    }
    expect(answers[0]).toEqual(answers[1])
  }
  await expect(ownerIds(limited, ['nobody@example.com'])).rejects.toMatchObject({ code: 'conflict', field: 'owner' })
  expect(await ownerIds(limited, ['none', 'me'])).toEqual(['none', 'me'])
})
