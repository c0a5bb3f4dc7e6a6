import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { StoredVerdict, type VerdictKind } from '../../lib/domain/threats/verdict'
import { Differences } from '../../lib/queries/check/differences'
import { checkFindings } from '../../lib/queries/check/findings'
import { checkHistory } from '../../lib/queries/check/history'
import { getFinding } from '../../lib/queries/findings/finding'
import { markOverdue, unmarkOverdue } from '../../lib/store/findings/overdue'
import { patchFinding, setStatus } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { setVerdict } from '../../lib/store/findings/verdict'
import { accessOf, addMember } from '../support/people'
import { asff, at, complete, job, newAccount, partial } from './support-ingest'
import { onlyFinding, type ThreatParts, threat } from './support-threats'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterEach(async () => {
  while ((await markOverdue(job)) > 0);
  while ((await unmarkOverdue(job)) > 0);
  const differences = new Differences()
  await checkFindings(differences)
  await checkHistory(differences)
  expect(differences.named).toEqual([])
  setClock()
})
afterAll(closeDatabase)

const first = { count: 42, lastSeen: at(1, 2) }
const record = (parts: Partial<ThreatParts> = {}) => threat({ account, ...first, ...parts })
const decide = (id: string, kind: VerdictKind = 'benign', text = 'A penetration test') => ({
  selection: { ids: [id] },
  verdict: { kind, text },
})

async function reported() {
  await complete([record()], at(1, 3))
  const { id } = await onlyFinding(account)
  const lead = accessOf(await addMember('lead'), 'lead')
  return { id, lead, now: async () => (await onlyFinding(account)).finding }
}

test('a verdict closes a threat, with what was done and by whom', async () => {
  const { id, lead, now } = await reported()
  setClock(() => at(1, 5))
  await setVerdict(lead, decide(id, 'true_positive', 'The key was removed'))
  expect(await now()).toMatchObject({
    status: 'resolved',
    resolvedReason: 'verdict',
    resolvedAt: at(1, 5),
    respondedAt: at(1, 5),
    overdue: false,
  })
  const view = await getFinding(job, id)
  expect(view.verdict).toEqual({
    kind: 'true_positive',
    text: 'The key was removed',
    by: lead.actor.name,
    at: at(1, 5),
  })
  expect(view.events.filter(event => event.kind === 'verdict' || event.kind === 'status')).toMatchObject([
    { kind: 'status', before: 'new', after: 'resolved' },
    { kind: 'verdict', before: null, after: 'true_positive', text: 'The key was removed' },
  ])
  const audit = await prisma().auditEntry.findFirst({ where: { action: 'finding.verdict', accountId: account } })
  expect(audit).toMatchObject({ actorName: lead.actor.name, detail: { verdict: 'true_positive', changed: 1 } })
  // Again the same changes nothing; another one changes the verdict alone.
  expect(await setVerdict(lead, decide(id, 'true_positive', 'The key was removed'))).toMatchObject({ changed: 0 })
  await setVerdict(lead, decide(id, 'false_positive', 'It was ours'))
  expect(await now()).toMatchObject({ status: 'resolved', resolvedAt: at(1, 5), resolvedReason: 'verdict' })
})

test('the API closes a threat by a verdict, and never together with a status', async () => {
  const { id, lead } = await reported()
  await patchFinding(lead, id, { verdict: { kind: 'benign', text: 'A test' }, comment: 'Done' })
  expect(await getFinding(job, id)).toMatchObject({ status: 'resolved', verdict: { kind: 'benign' } })
})

describe('after a verdict', () => {
  test.each<[string, string, Partial<ThreatParts>]>([
    ['the same record', 'resolved', {}],
    ['a later update of the record', 'resolved', { updatedAt: at(2) }],
    ['another event', 'new', { updatedAt: at(2), count: 43 }],
    ['a later event', 'new', { updatedAt: at(2), lastSeen: at(1, 23) }],
  ])('%s leaves it %s', async (_name, status, change) => {
    const { id, lead, now } = await reported()
    await setVerdict(lead, decide(id))
    await complete([record(change)], at(3))
    expect(await now()).toMatchObject({ status })
    await partial([record(change)], at(4))
    const { verdict } = await getFinding(job, id)
    expect([await now(), verdict === null]).toMatchObject([{ status }, status === 'new'])
  })

  test.each([complete, partial])('a record without count and time reopens it with its next update', async send => {
    const plain = (updatedAt: Date) => threat({ account, updatedAt })
    await complete([plain(at(1))], at(1, 3))
    const { id } = await onlyFinding(account)
    const status = async () => (await onlyFinding(account)).finding.status
    await setVerdict(job, decide(id))
    await send([plain(at(1))], at(2))
    expect(await status()).toBe('resolved')
    await send([plain(at(3))], at(3, 3))
    expect(await status()).toBe('new')
  })

  test('another run of the check leaves an exposed key closed, a later update of the key reopens it', async () => {
    const exposed = (checkedAt: Date, updatedAt: Date) => ({
      checkId: '12Fnkpl8Y5',
      account,
      timestamp: checkedAt.toISOString(),
      status: 'error',
      resourcesSummary: { resourcesProcessed: 1, resourcesFlagged: 1, resourcesIgnored: 0, resourcesSuppressed: 0 },
      flaggedResources: [
        {
          status: 'error',
          resourceId: 'opaque',
          isSuppressed: false,
          metadata: [
            'AKIAIOSFODNN7EXAMPLE',
            'hanako',
            'Exposed',
            '1234567890',
            updatedAt.toISOString(),
            'example.com/repository',
            '',
            '0',
          ],
        },
      ],
    })
    const threats = () => prisma().finding.findFirstOrThrow({ where: { accountId: account, class: 'threat' } })
    await complete([exposed(at(1), at(1))], at(1, 3))
    const { id } = await threats()
    const view = await getFinding(job, toFindingId(account, id))
    expect(view.facts).toMatchObject({
      principal: 'hanako',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      lastSeen: at(1).toISOString(),
    })
    await setVerdict(job, decide(toFindingId(account, id)))
    await complete([exposed(at(2), at(1))], at(2, 3))
    expect(await threats()).toMatchObject({ status: 'resolved', resolvedReason: 'verdict' })
    await complete([exposed(at(3), at(2, 12))], at(3, 3))
    expect(await threats()).toMatchObject({ status: 'new', verdict: null })
  })

  test('a report that was under way opens it again as of the verdict', async () => {
    const { id, lead, now } = await reported()
    setClock(() => at(3, 0, 30))
    await setVerdict(lead, decide(id))
    await complete([record({ count: 43 })], at(3))
    const next = (time: Date) => new Date(time.getTime() + 1)
    expect(await now()).toMatchObject({
      status: 'new',
      openedAt: next(at(3, 0, 30)),
      respondBy: next(at(3, 1, 30)),
      respondedAt: null,
    })
  })

  test('or at the same time as a report, it never hides what the report says', async () => {
    for (let n = 0; n < 5; n++) {
      account = newAccount()
      const { id, now } = await reported()
      await Promise.allSettled([
        setVerdict(job, decide(id)),
        complete([record({ count: 43, updatedAt: at(2) })], at(3)),
      ])
      const { status, verdict } = await now()
      const seen = StoredVerdict.nullable().parse(verdict)?.seen.count
      expect(status === 'new' || seen === 43, status).toBe(true)
    }
  })

  test('an event in the future does not hide the events that follow', async () => {
    const ahead = { account, lastSeen: new Date('2200-12-12T00:00:00Z') }
    await complete([threat(ahead)], at(1, 3))
    const { id } = await onlyFinding(account)
    await setVerdict(job, decide(id))
    const status = async () => (await onlyFinding(account)).finding.status
    await complete([threat(ahead)], at(2))
    expect(await status()).toBe('resolved')
    await complete([threat({ account, lastSeen: at(2, 5), updatedAt: at(2, 6) })], at(3))
    expect(await status()).toBe('new')
  })

  test('an event in the future that one of two sources reports does not open it at every report', async () => {
    const id = 'a'.repeat(32)
    const hub = (lastSeen: Date, updatedAt = at(1)) => ({
      ...asff({ account, product: 'GuardDuty', severity: 'HIGH', region: 'ap-northeast-1', updatedAt }),
      Id: `arn:aws:guardduty:ap-northeast-1:${account}:detector/0011/finding/${id}`,
      ProductArn: 'arn:aws:securityhub:ap-northeast-1::product/aws/guardduty',
      GeneratorId: 'arn:aws:guardduty:ap-northeast-1:1:detector/0011',
      Types: ['TTPs/Initial Access/UnauthorizedAccess:IAMUser-InstanceCredentialExfiltration.OutsideAWS'],
      Resources: [{ Type: 'AwsIamAccessKey', Id: 'AWS::IAM::AccessKey:ASIAEXAMPLE' }],
      Compliance: undefined,
      LastObservedAt: lastSeen.toISOString(),
    })
    const future = new Date('2200-01-01T00:00:00Z')
    await complete([record({ id })], at(1, 3))
    await complete([hub(future)], at(1, 4))
    expect(await prisma().sighting.count({ where: { accountId: account, present: true } })).toBe(2)
    setClock(() => at(1, 6))
    await setVerdict(job, decide((await onlyFinding(account)).id))
    const status = async () => (await onlyFinding(account)).finding.status
    for (const day of [2, 3]) {
      await complete([hub(future)], at(day, 4))
      expect(await status()).toBe('resolved')
    }
    await complete([hub(at(4, 3), at(4, 3))], at(4, 4))
    expect(await status()).toBe('new')
  })

  test('a threat that its source archives stays closed by the verdict', async () => {
    const { id, lead, now } = await reported()
    await setVerdict(lead, decide(id))
    await partial([record({ archived: true, updatedAt: at(2) })], at(2))
    expect(await now()).toMatchObject({ status: 'resolved', resolvedReason: 'verdict' })
  })
})

test('undo takes back the verdict and its status, and redo gives them again', async () => {
  const { id, lead, now } = await reported()
  setClock(() => at(1, 3, 30))
  const { changeset } = await setVerdict(lead, decide(id))
  const undo = await undoChange(lead, { changeset: changeset ?? '' })
  expect(undo.restored).toBe(1)
  expect(await now()).toMatchObject({ status: 'new', resolvedReason: null, verdict: null, respondedAt: null })
  const redo = await undoChange(lead, { changeset: undo.changeset ?? '' })
  expect(redo.restored).toBe(1)
  expect(await now()).toMatchObject({ status: 'resolved', resolvedReason: 'verdict', verdict: { kind: 'benign' } })
  // A verdict that replaced another gives way to it.
  const { changeset: second } = await setVerdict(lead, decide(id, 'false_positive'))
  await undoChange(lead, { changeset: second ?? '' })
  expect(await now()).toMatchObject({ status: 'resolved', verdict: { kind: 'benign' } })
})

test('a threat that a person reopens has no verdict, until that is undone', async () => {
  const { id, lead, now } = await reported()
  await setVerdict(lead, decide(id))
  const { changeset } = await setStatus(lead, { selection: { ids: [id] }, status: 'in_progress' })
  expect(await now()).toMatchObject({ status: 'in_progress', verdict: null, openedAt: at(1, 3) })
  await undoChange(lead, { changeset: changeset ?? '' })
  expect(await now()).toMatchObject({ status: 'resolved', resolvedReason: 'verdict', verdict: { kind: 'benign' } })
})

test('threats are closed only by a verdict, and only threats are', async () => {
  const { id, lead } = await reported()
  const close = setStatus(lead, { selection: { ids: [id] }, status: 'resolved' })
  await expect(close).rejects.toMatchObject({ reason: 'needsVerdict', params: { count: 1 } })
  account = newAccount()
  await complete([asff({ account })], at(1, 3))
  const { id: other } = await onlyFinding(account)
  await expect(setVerdict(lead, decide(other))).rejects.toMatchObject({ reason: 'notThreat', params: { count: 1 } })
})
