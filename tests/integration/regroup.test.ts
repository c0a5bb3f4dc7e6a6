import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { controlTable, toControlTable } from '../../lib/domain/controls/table'
import { toFindingId } from '../../lib/domain/findings/filter'
import { AppError, ForbiddenError, NotFoundError } from '../../lib/errors'
import { regroup } from '../../lib/ingest/regroup'
import { getFinding } from '../../lib/queries/findings/finding'
import { addComment, assignFindings, setDueAt, setStatus, setTeam } from '../../lib/store/findings/triage'
import { unmergeFindings } from '../../lib/store/merges/unmerge'
import { controlRow } from '../support/controls'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount, partial, prowler } from './support-ingest'

const none = toControlTable([])
let owner = ''
let hanako: ReturnType<typeof accessOf> = job

beforeAll(async () => {
  const member = await addMember('member')
  owner = member.id
  hanako = accessOf(member, 'member')
})
afterAll(closeDatabase)

const findingsOf = (accountId: string) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: { control: 'asc' } })
const idOf = ({ accountId, id }: { accountId: string; id: string }) => toFindingId(accountId, id)
const one = (id: string) => ({ ids: [id] })

/** A bucket that Security Hub and Prowler report under their own names, grouped as if nobody knew that they are the same. */
async function twoNames() {
  const account = newAccount()
  await ingest([asff({ account, control: 'S3.14' })], { observedAt: at(1) })
  await ingest([prowler({ account, control: 's3_bucket_object_versioning' })], { observedAt: at(2) })
  const [together, ...more] = await findingsOf(account)
  if (!together || more.length > 0) throw new Error('one problem is one finding')
  expect(together).toMatchObject({ control: 'S3.14', sources: ['prowler', 'security-hub'] })
  await regroup(job, none)
  const [hub, other] = await findingsOf(account)
  if (!hub || !other) throw new Error('each name is a finding of its own')
  expect([hub.control, other.control]).toEqual(['S3.14', 's3_bucket_object_versioning'])
  return { account, hub, other }
}

test('findings of one problem are merged, without losing decisions of people', async () => {
  const { account, hub, other } = await twoNames()
  await assignFindings(job, { selection: one(idOf(other)), owner })
  await addComment(hanako, { selection: one(idOf(other)), text: 'I look after this bucket' })
  await setStatus(hanako, { selection: one(idOf(other)), status: 'in_progress' })
  await setDueAt(hanako, { selection: one(idOf(other)), dueAt: '2026-08-01', reason: 'Next release' })
  expect(await regroup(job)).toEqual({ merged: 1 })
  const [merged, ...more] = await findingsOf(account)
  if (!merged) throw new Error('it is gone')
  expect(more).toEqual([])
  expect(merged).toMatchObject({
    id: hub.id,
    control: 'S3.14',
    ownerId: owner,
    status: 'in_progress',
    dueBy: 'hand',
    sources: ['prowler', 'security-hub'],
    firstSeenAt: hub.firstSeenAt,
  })
  const told = await getFinding(job, idOf(merged))
  expect(told.events.map(event => event.kind)).toEqual(expect.arrayContaining(['comment', 'owner', 'merged']))
  expect(told.merges).toMatchObject([{ names: ['s3_bucket_object_versioning'], sources: ['prowler'] }])
  // Who comes by the old address finds it.
  expect((await getFinding(job, idOf(other))).id).toBe(idOf(merged))
})

test('findings grouped by the same table do not change', async () => {
  const { account } = await twoNames()
  await regroup(job)
  const before = await findingsOf(account)
  const events = await prisma().findingEvent.count({ where: { accountId: account } })
  expect(await regroup(job)).toEqual({ merged: 0 })
  expect(await findingsOf(account)).toEqual(before)
  expect(await prisma().findingEvent.count({ where: { accountId: account } })).toBe(events)
})

test('the same finding under a new name keeps all its data', async () => {
  const account = newAccount()
  await ingest([prowler({ account, control: 's3_bucket_object_versioning' })], { observedAt: at(1) })
  await regroup(job, none)
  const [old] = await findingsOf(account)
  if (!old) throw new Error('it is gone')
  await assignFindings(job, { selection: one(idOf(old)), owner })
  await regroup(job)
  const [renamed, ...more] = await findingsOf(account)
  if (!renamed) throw new Error('it is gone')
  expect(more).toEqual([])
  expect(renamed).toMatchObject({ control: 'S3.14', ownerId: owner, sources: ['prowler'] })
  expect((await getFinding(job, idOf(renamed))).events.map(event => event.kind)).toContain('renamed')
})

test('a merge can be undone, and imports keep it so', async () => {
  const { account, hub, other } = await twoNames()
  await assignFindings(job, { selection: one(idOf(other)), owner })
  await regroup(job)
  const back = await unmergeFindings(job, { id: idOf(hub), merged: other.id })
  expect(back).toEqual({ id: idOf(other) })
  const apart = await findingsOf(account)
  expect(apart).toMatchObject([
    { id: hub.id, ownerId: null, sources: ['security-hub'] },
    { id: other.id, ownerId: owner, sources: ['prowler'] },
  ])
  const again = [asff({ account, control: 'S3.14' }), prowler({ account, control: 's3_bucket_object_versioning' })]
  await partial(again, at(5))
  expect((await findingsOf(account)).map(({ id, status }) => [id, status])).toEqual(apart.map(({ id }) => [id, 'new']))
  await regroup(job, toControlTable([controlRow('S3.14', { prowler: ['s3_bucket_object_versioning', 'more'] })]))
  expect((await findingsOf(account)).map(({ id }) => id)).toEqual(apart.map(({ id }) => id))
  await expect(unmergeFindings(job, { id: idOf(hub), merged: other.id })).rejects.toMatchObject({ reason: 'notMerged' })
  const kinds = (await getFinding(job, idOf(hub))).events.map(event => event.kind)
  expect(kinds).toEqual(expect.arrayContaining(['merged', 'unmerged']))
})

test('an unmerged finding that is no longer reported is resolved, with an entry in its history', async () => {
  const { account, hub, other } = await twoNames()
  await regroup(job)
  await partial([asff({ account, control: 'S3.14', status: 'PASSED', updatedAt: at(4) })], at(4))
  expect(await findingsOf(account)).toMatchObject([{ id: hub.id, status: 'new', sources: ['prowler'] }])
  await unmergeFindings(hanako, { id: idOf(hub), merged: other.id })
  expect(await findingsOf(account)).toMatchObject([
    { id: hub.id, status: 'resolved', resolvedReason: 'passed' },
    { id: other.id, status: 'new' },
  ])
  expect((await getFinding(job, idOf(hub))).events.at(-1)).toMatchObject({
    kind: 'resolved',
    before: 'new',
    actorKind: 'member',
  })
})

test('after an unmerge, a finding that was resolved before the merge and failed since is open; one that a person closed is not', async () => {
  const closings = [
    (hub: { account: string }) =>
      partial([asff({ account: hub.account, control: 'S3.14', status: 'PASSED', updatedAt: at(3) })], at(3)),
    (hub: { key: string }) => setStatus(job, { selection: one(hub.key), status: 'resolved' }),
  ]
  const ends = []
  for (const close of closings) {
    const { account, hub, other } = await twoNames()
    await close({ account, key: idOf(hub) })
    await regroup(job)
    await partial([asff({ account, control: 'S3.14', updatedAt: at(4) })], at(4))
    expect(await findingsOf(account)).toMatchObject([{ id: hub.id, status: 'new' }])
    await unmergeFindings(job, { id: idOf(hub), merged: other.id })
    const back = (await findingsOf(account)).find(finding => finding.id === hub.id)
    ends.push([back?.status, back?.resolvedReason])
  }
  expect(ends).toEqual([
    ['new', null],
    ['resolved', 'hand'],
  ])
})

test('unmerging needs a finding in scope and of one’s own team', async () => {
  const { hub, other } = await twoNames()
  await setTeam(job, { selection: one(idOf(hub)), team: 'csirt' })
  await regroup(job)
  const input = { id: idOf(hub), merged: other.id }
  const outside = accessOf(await addMember('lead', { limited: true, accounts: ['999999999999'] }), 'lead')
  await expect(unmergeFindings(outside, input)).rejects.toBeInstanceOf(NotFoundError)
  await expect(unmergeFindings(hanako, input)).rejects.toBeInstanceOf(ForbiddenError)
  await expect(unmergeFindings(job, { ...input, merged: hub.id })).rejects.toBeInstanceOf(AppError)
})

test('a pass of one source resolves nothing, and the disagreement is shown', async () => {
  const account = newAccount()
  await ingest([asff({ account, control: 'S3.14' })], { observedAt: at(1) })
  await ingest([prowler({ account, control: 's3_bucket_object_versioning', status: 'PASSED' })], { observedAt: at(2) })
  const [finding, ...more] = await findingsOf(account)
  if (!finding) throw new Error('it is gone')
  expect(more).toEqual([])
  expect(finding).toMatchObject({ status: 'new', sources: ['security-hub'] })
  expect((await getFinding(job, idOf(finding))).disagreeing).toEqual(['prowler'])
  await ingest([asff({ account, control: 'S3.14', status: 'PASSED' })], { observedAt: at(3) })
  const [closed] = await findingsOf(account)
  expect(closed).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  expect((await getFinding(job, idOf(finding))).disagreeing).toEqual([])
})

test('the table of this version is the one that findings are grouped by', async () => {
  const grouping = { key: 'equivalence' }
  await prisma().setting.update({ where: grouping, data: { value: 'an earlier table and its rules' } })
  await regroup(job)
  expect(await prisma().setting.findUnique({ where: grouping })).toMatchObject({
    value: expect.stringMatching(`^${controlTable.digest}/`),
  })
})
