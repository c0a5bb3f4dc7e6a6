import pg from 'pg'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { everyFinding, FindingFilter, splitFindingId } from '../../lib/domain/findings/filter'
import { ForbiddenError, NotFoundError } from '../../lib/errors'
import { listAudit } from '../../lib/queries/audit/audit'
import { getChange } from '../../lib/queries/findings/change-set'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { addComment, assignFindings, patchFinding, setDueAt, setStatus, setTeam } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { accessOf, addMember } from '../support/people'
import { made, someFindings } from './support-changes'
import { holdingAccount, waiting } from './support-locks'

beforeEach(clear)
afterAll(closeDatabase)

const lead = accessFor('lead')
const due = new Date('2030-05-01T00:00:00Z')

async function stored(id: string | undefined) {
  const { accountId, uuid } = splitFindingId(id ?? '')
  return prisma().finding.findUniqueOrThrow({ where: { accountId_id: { accountId, id: uuid } } })
}

async function idsOf(filter: Partial<FindingFilter>) {
  const { rows } = await listFindings(lead, FindingFilter.parse(filter), { cursor: null, limit: 100 })
  return rows.map(row => row.id).sort()
}

describe('undo', () => {
  test('restores owner, team, status and due date, and their authors', async () => {
    const [ann, ben] = [await addMember('member'), await addMember('member')]
    const [id = ''] = await someFindings(1, {
      severity: 3,
      dueAt: due,
      dueBy: 'policy',
      teamBy: 'routing',
      ownerId: ann.id,
      status: 'acknowledged',
    })
    const selection = { ids: [id] }
    const before = await stored(id)
    const changes = [
      await made(assignFindings(lead, { selection, owner: ben.id })),
      await made(setTeam(lead, { selection, team: 'cit' })),
      await made(setDueAt(lead, { selection, dueAt: null, reason: 'Next release' })),
      await made(setStatus(lead, { selection, status: 'resolved', reason: 'Fixed in the console' })),
    ]
    for (const changeset of changes.toReversed())
      expect(await undoChange(lead, { changeset })).toMatchObject({ restored: 1, left: 0 })
    expect(await stored(id)).toEqual({ ...before, updatedAt: expect.any(Date) })
    const { events } = await getFinding(lead, id)
    expect(events.filter(event => event.undo).map(({ kind, after }) => [kind, after])).toEqual([
      ['status', 'acknowledged'],
      ['due', due.toISOString()],
      ['team', 'sre'],
      ['owner', ann.name],
    ])
  })

  test('skips fields that a person, an import or a rule changed since, and lists them', async () => {
    const ids = await someFindings(5)
    const changeset = await made(setStatus(lead, { selection: { ids }, status: 'in_progress' }))
    const [byHand = '', byImport = '', back = '', otherField = ''] = ids
    await setStatus(lead, { selection: { ids: [byHand] }, status: 'acknowledged' })
    // Away and back is a change as well.
    await setStatus(lead, { selection: { ids: [back] }, status: 'new' })
    await setStatus(lead, { selection: { ids: [back] }, status: 'in_progress' })
    const { accountId, uuid } = splitFindingId(byImport)
    await pool().query(
      `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind)
       VALUES ($1, $2, now(), 'import', '1', 'prowler', 'resolved')`,
      [accountId, uuid],
    )
    await setTeam(lead, { selection: { ids: [otherField] }, team: 'cit' })

    const undone = await undoChange(lead, { changeset })
    expect(undone).toMatchObject({ restored: 2, left: 3 })
    expect(await idsOf({ changeset, leftBy: undone.changeset })).toEqual([byHand, byImport, back].sort())
    expect((await stored(otherField)).status).toBe('new')
    expect((await stored(back)).status).toBe('in_progress')
    expect((await stored(byHand)).status).toBe('acknowledged')
  })

  test('can be undone itself', async () => {
    const ids = await someFindings(3)
    const changeset = await made(setDueAt(lead, { selection: { ids }, dueAt: '2030-01-01', reason: 'Next release' }))
    const undo = await made(undoChange(lead, { changeset }))
    expect(await undoChange(lead, { changeset: undo })).toMatchObject({ restored: 3, left: 0 })
    expect((await stored(ids[0])).dueBy).toBe('hand')
    expect((await getChange(lead, changeset))?.undoneBy).toBe(undo)
    expect((await getChange(lead, undo))?.undoes).toBe(changeset)
  })

  test('happens once, even if two people request it at the same time', async () => {
    const ids = await someFindings(4)
    const changeset = await made(setTeam(lead, { selection: { ids }, team: 'csirt' }))
    const release = await holdingAccount(ours)
    const both = [undoChange(lead, { changeset }), undoChange(lead, { changeset })]
    await waiting(2)
    await release()
    const results = (await Promise.all(both)).sort((a, b) => b.restored - a.restored)
    expect(results).toEqual([
      { changeset: expect.any(String), restored: 4, left: 0 },
      { changeset: null, restored: 0, left: 4 },
    ])
    expect(await prisma().auditEntry.count({ where: { target: `changeset:${changeset}` } })).toBe(1)
  })

  test('reopens manually resolved findings, and resolves manually reopened ones, with the former due date', async () => {
    const opened = new Date('2026-02-01T00:00:00Z')
    const [closed = ''] = await someFindings(1, {
      status: 'resolved',
      resolvedReason: 'passed',
      resolvedAt: due,
      openedAt: opened,
      dueAt: due,
      dueBy: 'policy',
    })
    const changeset = await made(setStatus(lead, { selection: { ids: [closed] }, status: 'new' }))
    const reopened = await stored(closed)
    expect(reopened.dueAt).not.toEqual(due)
    expect(reopened.openedAt).not.toEqual(opened)
    const undo = await made(undoChange(lead, { changeset }))
    // Sources may report another state by now: only a person resolved it.
    expect(await stored(closed)).toMatchObject({
      status: 'resolved',
      resolvedReason: 'hand',
      // Between its reopening and the undo it was open.
      openedAt: reopened.openedAt,
      dueAt: due,
      dueBy: 'policy',
      overdue: false,
    })
    await undoChange(lead, { changeset: undo })
    expect(await stored(closed)).toMatchObject({ status: 'new', resolvedReason: null, resolvedAt: null })
  })

  test('assigns nothing to an owner without access', async () => {
    const [gone, limited, ann] = [await addMember('member'), await addMember('member'), await addMember('member')]
    const [first = '', second = ''] = await someFindings(2, { ownerId: gone.id })
    await prisma().finding.updateMany({ where: { id: splitFindingId(second).uuid }, data: { ownerId: limited.id } })
    const changeset = await made(assignFindings(lead, { selection: { ids: [first, second] }, owner: ann.id }))
    await prisma().member.update({ where: { id: gone.id }, data: { removedAt: new Date() } })
    await prisma().member.update({ where: { id: limited.id }, data: { limited: true, accounts: [theirs] } })
    expect(await undoChange(lead, { changeset })).toEqual({ changeset: null, restored: 0, left: 2 })
    expect((await stored(first)).ownerId).toBe(ann.id)
  })

  test('of a comment is refused: comments stay in the history', async () => {
    const [id = ''] = await someFindings(1)
    const changeset = await made(addComment(lead, { selection: { ids: [id] }, text: 'Seen' }))
    await expect(undoChange(lead, { changeset })).rejects.toMatchObject({ reason: 'commentStays' })
    expect(await idsOf({ changeset })).toEqual([id])
  })

  test('restores fields that were changed together, except those changed since', async () => {
    const [id = ''] = await someFindings(1)
    await patchFinding(lead, id, { status: 'in_progress', team: 'cit', comment: 'Both' })
    const { events } = await getFinding(lead, id)
    const [changeset] = new Set(events.flatMap(event => event.changeset ?? []))
    await setTeam(lead, { selection: { ids: [id] }, team: 'csirt' })
    expect(await undoChange(lead, { changeset: changeset ?? '' })).toMatchObject({ restored: 1, left: 0 })
    expect(await stored(id)).toMatchObject({ status: 'new', team: 'csirt' })
  })
})

describe('permission to undo', () => {
  test('members their own changes only, leads those of everybody, in their accounts', async () => {
    const [ann, ben] = [await addMember('member'), await addMember('member')]
    const [annsAccess, bensAccess] = [accessOf(ann, 'member'), accessOf(ben, 'member')]
    const selection = { ids: await someFindings(2) }
    const changeset = await made(setStatus(annsAccess, { selection, status: 'acknowledged' }))
    await expect(undoChange(bensAccess, { changeset })).rejects.toThrow(ForbiddenError)
    const elsewhere = accessOf(await addMember('lead', { limited: true, accounts: [theirs] }), 'lead')
    await expect(undoChange(elsewhere, { changeset })).rejects.toThrow(NotFoundError)
    await expect(undoChange(lead, { changeset: crypto.randomUUID() })).rejects.toThrow(NotFoundError)
    expect(await getChange(bensAccess, changeset)).toMatchObject({ mayUndo: false, count: 2 })
    expect(await getChange(elsewhere, changeset)).toBeNull()
    expect(await undoChange(annsAccess, { changeset })).toMatchObject({ restored: 2 })
    expect(
      await undoChange(lead, {
        changeset: await made(
          setStatus(bensAccess, { selection, status: 'new' }).then(() =>
            setStatus(bensAccess, { selection, status: 'resolved', reason: 'Fixed in the console' }),
          ),
        ),
      }),
    ).toMatchObject({ restored: 2 })
  })

  test('changes nothing outside the member’s accounts', async () => {
    const ids = [...(await someFindings(1)), ...(await someFindings(1, {}, theirs))]
    const changeset = await made(setStatus(lead, { selection: { ids }, status: 'acknowledged' }))
    const limited = accessOf(await addMember('lead', { limited: true, accounts: [ours] }), 'lead')
    const undo = await made(undoChange(limited, { changeset }))
    expect([(await stored(ids[0])).status, (await stored(ids[1])).status]).toEqual(['new', 'acknowledged'])
    expect(await getChange(limited, changeset)).toMatchObject({ undoneBy: undo, mayUndo: false })
    const other = accessOf(await addMember('lead', { limited: true, accounts: [theirs] }), 'lead')
    expect(await getChange(other, changeset)).toMatchObject({ undoneBy: null, mayUndo: true })
    // A member with access to the other account undoes it.
    expect(await getChange(lead, changeset)).toMatchObject({ undoneBy: undo, mayUndo: true })
    const rest = await undoChange(lead, { changeset })
    expect(rest).toMatchObject({ restored: 1, left: 1 })
    expect(await getChange(lead, changeset)).toMatchObject({ undoneBy: rest.changeset, mayUndo: false })
  })

  test('a member undoes a move to another team before any later change, and no other change of its findings', async () => {
    const access = accessOf(await addMember('member', { teams: ['sre'] }), 'member')
    const ids = await someFindings(2)
    const [touched = '', quiet = ''] = ids
    const status = await made(setStatus(access, { selection: { ids }, status: 'acknowledged' }))
    const moved = await made(setTeam(access, { selection: { ids }, team: 'csirt' }))
    await setDueAt(lead, { selection: { ids: [touched] }, dueAt: '2030-01-01', reason: 'Next release' })
    expect(await undoChange(access, { changeset: status })).toMatchObject({ restored: 0, left: 2 })
    expect(await undoChange(access, { changeset: moved })).toMatchObject({ restored: 1, left: 1 })
    expect([(await stored(touched)).team, (await stored(quiet)).team]).toEqual(['csirt', 'sre'])
  })
})

test('the audit log has the findings of a change and their former values', async () => {
  const [ann] = [await addMember('member')]
  await someFindings(3)
  await someFindings(2, { status: 'acknowledged', ownerId: ann.id })
  const selection = { filter: everyFinding, except: [] }
  const changeset = await made(setStatus(lead, { selection, status: 'resolved', reason: 'Fixed in the console' }))
  const undo = await made(undoChange(lead, { changeset }))
  const { rows } = await listAudit(lead, { actor: null, action: null }, null)
  expect(rows.slice(0, 2)).toMatchObject([
    {
      action: 'finding.undo',
      target: `changeset:${changeset}`,
      detail: {
        changeset: undo,
        changed: 5,
        left: 0,
        changes: [
          { field: 'status', before: 'resolved', after: 'new', count: 3 },
          { field: 'status', before: 'resolved', after: 'acknowledged', count: 2 },
        ],
      },
    },
    {
      action: 'finding.status',
      target: 'findings',
      undoneBy: undo,
      detail: {
        changeset,
        changed: 5,
        changes: [
          { field: 'status', before: 'new', after: 'resolved', count: 3 },
          { field: 'status', before: 'acknowledged', after: 'resolved', count: 2 },
        ],
      },
    },
  ])
  expect(await idsOf({ changeset })).toHaveLength(5)
})

test('many different former values are counted, the most frequent are named', async () => {
  for (let day = 1; day <= 15; day++) await someFindings(1, { severity: 3, dueAt: new Date(Date.UTC(2030, 0, day)) })
  const changeset = await made(
    setDueAt(lead, { selection: { filter: everyFinding, except: [] }, dueAt: '2031-01-01', reason: 'Next release' }),
  )
  const change = await getChange(lead, changeset)
  expect(change).toMatchObject({ count: 15, moreValues: 3 })
  expect(change?.changes).toHaveLength(12)
})

test('5,000 findings are changed and restored in as many statements as five', async () => {
  const statements = async (count: number) => {
    await clear()
    await pool().query('INSERT INTO account (id) VALUES ($1)', [ours])
    await pool().query(
      `INSERT INTO finding (account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity,
         team, status, first_seen_at, first_observed_at, opened_at, updated_at, first_import_id, changed_import_id)
       SELECT $1, gen_random_uuid(), 'posture', 'S3.1', '', 'r' || n, 'r' || n, 'AwsS3Bucket', '', 'A bucket', 4, 'sre',
         CASE n % 2 WHEN 0 THEN 'new' ELSE 'acknowledged' END, now(), now(), now(), now(), 1, 1 FROM generate_series(1, $2) AS n`,
      [ours, count],
    )
    const selection = { filter: everyFinding, except: [] }
    const queries = vi.spyOn(pg.Client.prototype, 'query')
    const changeset = await made(
      setStatus(lead, { selection, status: 'resolved', reason: 'Fixed in the console', confirmed: count }),
    )
    const undone = await undoChange(lead, { changeset })
    const n = queries.mock.calls.length
    queries.mockRestore()
    expect(undone).toMatchObject({ restored: count, left: 0 })
    expect(await prisma().finding.count({ where: { status: 'resolved' } })).toBe(0)
    return n
  }
  expect(await statements(5_000)).toBe(await statements(4))
})
