import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { FindingSelection, SetDueAt } from '../../lib/domain/findings/change'
import { everyFinding, FindingFilter, splitFindingId, toFindingId } from '../../lib/domain/findings/filter'
import { type Permission, type Role, roles } from '../../lib/domain/people/role'
import { AppError, ForbiddenError, NotFoundError } from '../../lib/errors'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { addComment, assignFindings, setDueAt, setStatus, setTeam, takeFinding } from '../../lib/store/findings/triage'
import { accessFor, clear, manyFindings, ours, theirs } from '../support/organisation'
import { accessOf, addFinding, addMember } from '../support/people'

beforeEach(clear)
afterAll(closeDatabase)

const lead = accessFor('lead')
const later = new Date('2031-01-01T00:00:00Z')

async function oneFinding(account: string, data: Parameters<typeof addFinding>[1] = {}): Promise<string> {
  await pool().query('INSERT INTO account (id) VALUES ($1) ON CONFLICT DO NOTHING', [account])
  return toFindingId(account, (await addFinding(account, data)).id)
}

async function stored(id: string) {
  const { accountId, uuid } = splitFindingId(id)
  return prisma().finding.findUniqueOrThrow({ where: { accountId_id: { accountId, id: uuid } } })
}

async function historyOf(id: string) {
  const { accountId, uuid } = splitFindingId(id)
  return prisma().findingEvent.findMany({ where: { accountId, findingId: uuid }, orderBy: { id: 'asc' } })
}

async function lastAudit() {
  return prisma().auditEntry.findFirst({ orderBy: { id: 'desc' } })
}

/** The counts that pages show are those of the findings themselves. */
async function expectTrueCounts() {
  const { rows } = await pool().query(`SELECT count(*)::int AS n FROM finding_count c FULL JOIN (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, count(*) AS n
      FROM finding GROUP BY 1, 2, 3, 4, 5, 6) f USING (account_id, team, owner_key, status, severity, overdue)
    WHERE coalesce(c.n, 0) <> coalesce(f.n, 0)`)
  expect(rows[0].n).toBe(0)
}

/** As the wrapper of actions does it: no proof, no call. */
function asked<P extends Permission>(access: Access<Permission>, needs: P): Access<P> {
  return prove(access, [needs])
}

test('writers about different accounts never wait for each other', async () => {
  await oneFinding(ours)
  await oneFinding(theirs)
  const [first, second] = await Promise.all([pool().connect(), pool().connect()])
  try {
    for (const client of [first, second]) await client.query(`BEGIN; SET LOCAL lock_timeout = '5s'`)
    for (const status of ['in_progress', 'resolved', 'new'])
      for (const [client, account] of [
        [first, ours],
        [second, theirs],
      ] as const)
        await client.query('UPDATE finding SET status = $1, overdue = NOT overdue WHERE account_id = $2', [
          status,
          account,
        ])
    for (const client of [second, first]) await client.query('COMMIT')
  } finally {
    first.release()
    second.release()
  }
  await expectTrueCounts()
})

describe('role and action', () => {
  const actions: [string, (access: Access<'findings:triage'>, id: string, owner: string) => Promise<unknown>][] = [
    ['assign', (access, id, owner) => assignFindings(access, { selection: { ids: [id] }, owner })],
    ['take', (access, id) => takeFinding(access, { id })],
    ['status', (access, id) => setStatus(access, { selection: { ids: [id] }, status: 'in_progress' })],
    ['team', (access, id) => setTeam(access, { selection: { ids: [id] }, team: 'cit' })],
    [
      'due date',
      (access, id) => setDueAt(access, { selection: { ids: [id] }, dueAt: '2030-01-01', reason: 'Next release' }),
    ],
    ['comment', (access, id) => addComment(access, { selection: { ids: [id] }, text: 'Looking into it' })],
  ]
  const works: Role[] = ['member', 'lead', 'admin']
  const table = roles.flatMap(role => actions.map(([name, act]) => [role, name, act] as const))

  test.each(table)('%s, %s', async (role, _name, act) => {
    const member = await addMember(role, { teams: ['sre'], limited: true, accounts: [ours] })
    const access = accessOf(member, role)
    const own = await oneFinding(ours, { team: 'sre' })
    const another = await oneFinding(ours, { team: 'csirt', id: crypto.randomUUID() })
    const outside = await oneFinding(theirs)
    const attempt = async (id: string) => act(asked(access, 'findings:triage'), id, member.id)
    if (!works.includes(role)) {
      for (const id of [own, another, outside]) await expect(attempt(id)).rejects.toThrow(ForbiddenError)
      return
    }
    await expect(attempt(own)).resolves.toMatchObject({ changed: 1, unchanged: 0 })
    await expect(attempt(outside)).rejects.toThrow(NotFoundError)
    await expect(attempt(toFindingId(ours, crypto.randomUUID()))).rejects.toThrow(NotFoundError)
    if (role === 'member') {
      await expect(attempt(another)).rejects.toMatchObject({
        code: 'forbidden',
        reason: 'otherTeams',
        params: { count: 1 },
      })
      expect(await historyOf(another)).toEqual([])
    } else await expect(attempt(another)).resolves.toMatchObject({ changed: 1, unchanged: 0 })
    expect(await historyOf(own)).toHaveLength(1)
    expect(await historyOf(outside)).toEqual([])
    await expectTrueCounts()
  })

  test('a token belongs to no team and may change those of every team in its accounts', async () => {
    const granted = permissionsOf('member')
    const token = prove<Permission>(
      { actor: { kind: 'token', id: 't1', name: 'Robot' }, accounts: [ours], ip: null, granted: new Set(granted) },
      granted as Permission[],
    )
    const id = await oneFinding(ours, { team: 'csirt' })
    expect(await setStatus(token, { selection: { ids: [id] }, status: 'acknowledged' })).toMatchObject({
      changed: 1,
      unchanged: 0,
    })
    expect((await historyOf(id))[0]).toMatchObject({ actorKind: 'token', actorId: 't1', actorName: 'Robot' })
    await expect(takeFinding(token, { id })).rejects.toMatchObject({ code: 'invalid', field: 'owner' })
    await expect(setTeam(token, { selection: { ids: [await oneFinding(theirs)] }, team: 'cit' })).rejects.toThrow(
      NotFoundError,
    )
  })
})

describe('assigning', () => {
  test('writes the owner, the names before and after, and one entry in the audit log', async () => {
    const [ann, ben] = [await addMember('member', { name: 'Ann' }), await addMember('member', { name: 'Ben' })]
    const id = await oneFinding(ours)
    await assignFindings(lead, { selection: { ids: [id] }, owner: ann.id })
    await assignFindings(lead, { selection: { ids: [id] }, owner: ben.id })
    await assignFindings(lead, { selection: { ids: [id] }, owner: null })
    const { events, owner } = await getFinding(lead, id)
    expect(owner).toBeNull()
    expect(events.slice(1).map(({ before, after }) => [before, after])).toEqual([
      [null, 'Ann'],
      ['Ann', 'Ben'],
      ['Ben', null],
    ])
    expect((await historyOf(id))[1]?.after).toEqual({ id: ben.id, name: 'Ben' })
    expect(await lastAudit()).toMatchObject({
      action: 'finding.assign',
      target: `finding:${id}`,
      accountId: ours,
      detail: { changed: 1 },
    })
    await expectTrueCounts()
  })

  test('an unchanged assignment is not recorded', async () => {
    const ann = await addMember('member')
    const id = await oneFinding(ours)
    const input = { selection: { ids: [id] }, owner: ann.id }
    await assignFindings(lead, input)
    const before = await prisma().auditEntry.count()
    expect(await assignFindings(lead, input)).toMatchObject({ changed: 0, unchanged: 1 })
    expect(await historyOf(id)).toHaveLength(1)
    expect(await prisma().auditEntry.count()).toBe(before)
  })

  test.each([
    ['removed', { removedAt: new Date() }, 'member', 'ownerUnknown'],
    ['a viewer', {}, 'viewer', 'ownerMayNot'],
    ['limited to other accounts', { limited: true, accounts: [theirs] }, 'lead', 'ownerCannotSee'],
  ] as const)('a member who is %s is assigned no finding', async (_name, data, role, reason) => {
    const member = await addMember(role, 'accounts' in data ? { ...data, accounts: [...data.accounts] } : data)
    const ids = [await oneFinding(ours), await oneFinding(theirs)]
    await expect(assignFindings(lead, { selection: { ids }, owner: member.id })).rejects.toMatchObject({
      code: 'conflict',
      reason,
      field: 'owner',
    })
    expect(await prisma().finding.count({ where: { ownerId: { not: null } } })).toBe(0)
  })

  test('a member assigns to any colleague with access to the account', async () => {
    const access = accessOf(await addMember('member'), 'member')
    const colleague = await addMember('member', { limited: true, accounts: [ours], teams: ['cit'] })
    const id = await oneFinding(ours)
    expect(await assignFindings(access, { selection: { ids: [id] }, owner: colleague.id })).toMatchObject({
      changed: 1,
      unchanged: 0,
    })
  })
})

describe('status, due date and team', () => {
  test('resolving manually is recorded, and reopening removes the record', async () => {
    const id = await oneFinding(ours, { dueAt: new Date('2020-01-01'), overdue: true })
    await setStatus(lead, { selection: { ids: [id] }, status: 'resolved', reason: 'Fixed in the console' })
    expect(await stored(id)).toMatchObject({ status: 'resolved', resolvedReason: 'hand', overdue: false })
    expect((await stored(id)).resolvedAt).not.toBeNull()
    await setStatus(lead, { selection: { ids: [id] }, status: 'new' })
    expect(await stored(id)).toMatchObject({
      status: 'new',
      resolvedReason: null,
      resolvedAt: null,
      overdue: true,
      reopenedCount: 0,
    })
    await expectTrueCounts()
  })

  test('a finding with an exception keeps its status, and nothing of the selection is written', async () => {
    const ids = [await oneFinding(ours), await oneFinding(ours, { status: 'accepted' })]
    await expect(
      setStatus(lead, { selection: { ids }, status: 'resolved', reason: 'Fixed in the console' }),
    ).rejects.toMatchObject({
      code: 'conflict',
      params: { count: 1 },
    })
    expect((await stored(ids[0] ?? '')).status).toBe('new')
  })

  test('a manual due date ends with its day in Tokyo, and the finding is overdue afterwards', async () => {
    const id = await oneFinding(ours, { severity: 3 })
    await setDueAt(lead, { selection: { ids: [id] }, dueAt: '2030-06-30', reason: 'Next release' })
    expect(await stored(id)).toMatchObject({
      dueBy: 'hand',
      overdue: false,
      dueAt: new Date('2030-06-30T14:59:59.999Z'),
    })
    await setDueAt(lead, { selection: { ids: [id] }, dueAt: '2020-01-01T00:00:00+09:00', reason: 'Next release' })
    expect((await stored(id)).overdue).toBe(true)
    await setDueAt(lead, { selection: { ids: [id] }, dueAt: null, reason: 'Next release' })
    expect(await stored(id)).toMatchObject({ dueAt: null, dueBy: 'hand', overdue: false })
    expect((await getFinding(lead, id)).events.map(event => [event.kind, event.after])).toEqual([
      ['created', null],
      ['due', '2030-06-30T14:59:59.999Z'],
      ['due', '2019-12-31T15:00:00.000Z'],
      ['overdue', '2019-12-31T15:00:00.000Z'],
      ['due', null],
    ])
    await expectTrueCounts()
  })

  test.each(['2030-02-30', 'tomorrow', '1999-01-01', '', '9999-12-31'])('no due date: %s', dueAt => {
    expect(SetDueAt.safeParse({ selection: { ids: [toFindingId(ours, crypto.randomUUID())] }, dueAt }).success).toBe(
      false,
    )
  })

  test('a comment loses characters that cannot be stored', async () => {
    const id = await oneFinding(ours)
    const { AddComment } = await import('../../lib/domain/findings/change')
    await addComment(lead, AddComment.parse({ selection: { ids: [id] }, text: ' a\u0000b\ud800c ' }))
    expect((await historyOf(id))[0]).toMatchObject({ kind: 'comment', text: 'abc', before: null, after: null })
    expect((await stored(id)).updatedAt.getTime()).toBeLessThan(later.getTime())
  })
})

describe('by filter', () => {
  test('changes exactly the listed findings, except excluded ones', async () => {
    await manyFindings(60)
    const ann = await addMember('lead')
    const filter: FindingFilter = { ...everyFinding, severity: ['high', 'low'] }
    const page = await listFindings(lead, filter, { cursor: null, limit: 200 })
    const except = page.rows.slice(0, 3).map(row => row.id)
    const result = await assignFindings(lead, { selection: { filter, except }, owner: ann.id })
    expect(result).toMatchObject({ changed: page.total - 3, unchanged: 0 })
    const given = await listFindings(lead, { ...filter, owner: [ann.id] }, { cursor: null, limit: 200 })
    expect(given.total).toBe(page.total - 3)
    expect(given.rows.some(row => except.includes(row.id))).toBe(false)
    expect(await prisma().finding.count({ where: { ownerId: ann.id } })).toBe(given.total)
    expect(await lastAudit()).toMatchObject({ target: 'findings', accountId: null, detail: { changed: given.total } })
    await expectTrueCounts()
  })

  test('a status that removes findings from the filter changes each once', async () => {
    await manyFindings(40)
    const filter = { ...everyFinding, status: ['new' as const] }
    const { total } = await listFindings(lead, filter, { cursor: null, limit: 1 })
    expect(await setStatus(lead, { selection: { filter, except: [] }, status: 'acknowledged' })).toMatchObject({
      changed: total,
      unchanged: 0,
    })
    expect(await setStatus(lead, { selection: { filter, except: [] }, status: 'acknowledged' })).toMatchObject({
      changed: 0,
      unchanged: 0,
    })
    await expectTrueCounts()
  })

  test('is limited to the accounts, and is refused as a whole if it includes other teams', async () => {
    await manyFindings(40)
    const limited = accessFor('member', { accounts: [ours], teams: ['sre'] })
    const everything = { filter: everyFinding, except: [] }
    await expect(setTeam(limited, { selection: everything, team: 'cit' })).rejects.toThrow(AppError)
    expect(await prisma().finding.count({ where: { teamBy: 'hand' } })).toBe(0)
    await setTeam(limited, { selection: { filter: { ...everyFinding, team: ['sre'] }, except: [] }, team: 'cit' })
    expect(await prisma().finding.count({ where: { teamBy: 'hand', accountId: theirs } })).toBe(0)
    expect(await prisma().finding.count({ where: { teamBy: 'hand', accountId: ours } })).toBeGreaterThan(3)
  })

  test('a selection has findings or a filter, never both or neither', () => {
    const ids = [toFindingId(ours, crypto.randomUUID())]
    expect(FindingSelection.safeParse({ ids }).success).toBe(true)
    expect(FindingSelection.safeParse({ filter: {} }).success).toBe(true)
    for (const wrong of [{}, { ids: [] }, { ids, filter: {} }, { ids: ['1'] }]) {
      expect(FindingSelection.safeParse(wrong).success).toBe(false)
    }
  })

  test('changes of the same findings at the same time all end, one after the other', async () => {
    await manyFindings(30)
    const people = await Promise.all([1, 2, 3, 4].map(() => addMember('lead')))
    const selection = { filter: FindingFilter.parse({}), except: [] }
    const results = await Promise.all(people.map(person => assignFindings(lead, { selection, owner: person.id })))
    expect(new Set(results.map(result => result.changed + result.unchanged)).size).toBe(1)
    await expectTrueCounts()
  })
})
