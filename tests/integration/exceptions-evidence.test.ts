import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { everyFinding } from '../../lib/domain/findings/filter'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { evidenceOf } from '../../lib/queries/attachments/attachments'
import { dueReviews } from '../../lib/queries/badges'
import { countExceptions, listExceptions } from '../../lib/queries/exceptions/exceptions'
import { exportFindings } from '../../lib/queries/findings/export/export'
import { getFinding } from '../../lib/queries/findings/finding'
import { deleteAttachment, downloadAttachment } from '../../lib/store/attachments/download'
import { decideException } from '../../lib/store/exceptions/decide'
import { requestException, requestRule } from '../../lib/store/exceptions/request'
import { reviewException } from '../../lib/store/exceptions/review'
import { attach, PDF } from '../support/files'
import { accessOf, addMember } from '../support/people'
import { grantTo, people, reported, stored, type Who } from './support-exceptions'
import { at } from './support-ingest'

let member: Who
let sreLead: Who
let csirtLead: Who

beforeAll(async () => {
  ;({ member, sreLead, csirtLead } = await people())
})
afterAll(closeDatabase)

const DAY = 86_400_000
const failing = (reason: string) => expect.objectContaining({ reason })
const asked = { kind: 'accepted', reason: 'why', until: '2026-06-20' } as const
const later = (days: number) => new Date(at(10).getTime() + days * DAY)

describe('compensating controls', () => {
  test('are required to accept a high finding, not for a lower or a wrong one', async () => {
    const high = await reported({ severity: 'HIGH' })
    await expect(requestException(member, { ...asked, finding: high.key })).rejects.toEqual(
      failing('exceptionControls'),
    )
    await requestException(member, { ...asked, kind: 'false_positive', finding: high.key })
    const medium = await reported({ severity: 'MEDIUM', control: 'X.1' })
    await requestException(member, { ...asked, finding: medium.key })
  })

  test('a rule without them covers nothing severe, also later', async () => {
    const { account } = await reported({ severity: 'HIGH' })
    const match = { accounts: [account] }
    await expect(requestRule(member, { ...asked, match })).rejects.toEqual(failing('exceptionControls'))
    const { id } = await requestRule(member, { ...asked, match: { control: 'Z.*', accounts: [account] } })
    await decideException(csirtLead, { id, approve: true, note: 'Agreed' })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ coversUpTo: 3 })
    const full = await requestRule(member, { ...asked, match, controls: 'A firewall' })
    await decideException(csirtLead, { id: full.id, approve: true, note: 'Agreed' })
    expect(await prisma().exception.findUnique({ where: { id: full.id } })).toMatchObject({ coversUpTo: 5 })
  })
})

test('a note is required to refuse, and to approve for a high finding', async () => {
  const high = await reported({ severity: 'HIGH' })
  const { id } = await requestException(member, { ...asked, controls: 'A firewall', finding: high.key })
  await expect(decideException(csirtLead, { id, approve: false, note: '' })).rejects.toEqual(failing('exceptionNote'))
  await expect(decideException(csirtLead, { id, approve: true, note: '' })).rejects.toEqual(failing('exceptionNote'))
  await decideException(csirtLead, { id, approve: true, note: 'Agreed' })
  const medium = await reported({ severity: 'MEDIUM', control: 'X.1' })
  const other = await requestException(member, { ...asked, finding: medium.key })
  await decideException(sreLead, { id: other.id, approve: true, note: '' })
})

describe('evidence', () => {
  test('goes with the request, is seen and downloaded by its readers, and stays after the decision', async () => {
    const { account, key } = await reported()
    const [file, spare] = [await attach(member, '証跡.pdf', PDF), await attach(member, 'spare.pdf', PDF)]
    const all = { ...asked, controls: 'A firewall', ticket: 'https://tickets.example/SEC-1', finding: key }
    await expect(requestException(sreLead, { ...all, evidence: [file] })).rejects.toEqual(failing('attachmentGone'))
    const { id } = await requestException(member, { ...all, evidence: [file, spare] })
    await deleteAttachment(member, spare)
    const [row] = (await listExceptions(csirtLead, 'waiting', { cursor: null, limit: 200 })).rows.filter(
      each => each.id === id,
    )
    expect(row).toMatchObject({
      controls: 'A firewall',
      ticket: all.ticket,
      evidence: [{ id: file, name: '証跡.pdf' }],
    })
    await decideException(csirtLead, { id, approve: true, note: 'Agreed' })
    await expect(deleteAttachment(member, file)).rejects.toEqual(failing('attachmentKept'))
    const outside = accessOf(await addMember('lead', { limited: true, accounts: ['999999999999'] }), 'lead')
    await expect(downloadAttachment(outside, file)).rejects.toEqual(failing('not_found'))
    const audit = await prisma().auditEntry.findFirstOrThrow({
      where: { action: 'exception.request', target: `exception:${id}` },
    })
    expect(audit.detail).toMatchObject({ controls: 'A firewall', evidence: [{ id: file }, { id: spare }] })
    await keepExceptions()
    for await (const rows of exportFindings(csirtLead, { ...everyFinding, status: ['accepted'], account: [account] }))
      expect(rows).toMatchObject([
        {
          exceptionControls: 'A firewall',
          exceptionTicket: all.ticket,
          exceptionNote: 'Agreed',
          exceptionApprovedBy: csirtLead.actor.name,
          exceptionEvidence: expect.stringMatching(/^証跡\.pdf sha256:[0-9a-f]{64}$/),
        },
      ])
  })

  test('of a page is complete, however many files its exceptions have', async () => {
    setClock(() => at(10))
    const ids: number[] = []
    for (let n = 0; n < 51; n++) ids.push((await requestRule(member, { ...asked, match: { control: `Y.${n}` } })).id)
    await pool().query(
      `INSERT INTO attachment (id, state, owner_kind, owner_id, name, type, sealed_key, uploaded_kind, uploaded_by, uploaded_name, uploaded_at, alive_at)
       SELECT gen_random_uuid(), 'stored', 'exception', x, 'a.txt', 'text', '', 'member', '', '', now(), now()
       FROM unnest($1::text[]) AS x, generate_series(1, 20)`,
      [ids.map(String)],
    )
    const files = await evidenceOf(csirtLead, ids)
    expect([...files.values()].flat()).toHaveLength(51 * 20)
    await pool().query('DELETE FROM attachment WHERE owner_id = ANY($1::text[])', [ids.map(String)])
  })

  test('is added by the requester or an approver while the exception is open', async () => {
    const { key } = await reported()
    const id = await grantTo(member, csirtLead, key, {})
    const stranger = accessOf(await addMember('member'), 'member')
    await expect(attach(stranger, 'a.pdf', PDF, { exception: id })).rejects.toEqual(failing('forbidden'))
    await attach(sreLead, 'a.pdf', PDF, { exception: id })
    await pool().query(`UPDATE exception SET state = 'ended' WHERE id = $1`, [id])
    await expect(attach(member, 'b.pdf', PDF, { exception: id })).rejects.toEqual(failing('exceptionOver'))
  })
})

describe('a review', () => {
  const long = { until: '2027-05-20' }
  const reviewAtOf = async (id: number) => (await prisma().exception.findUniqueOrThrow({ where: { id } })).reviewAt

  test('is due after 90 days, and a short exception has none', async () => {
    const [first, second] = [await reported(), await reported()]
    expect(await reviewAtOf(await grantTo(member, csirtLead, first.key, {}))).toBeNull()
    expect(await reviewAtOf(await grantTo(member, csirtLead, second.key, long))).toEqual(later(90))
  })

  test('may be chosen earlier, not later than 90 days or after the end', async () => {
    const { key } = await reported()
    const input = { ...asked, ...long, controls: 'A firewall', finding: key }
    for (const reviewOn of ['2026-06-09', '2026-09-15', '2027-05-20'])
      await expect(requestException(member, { ...input, reviewOn })).rejects.toEqual(failing('exceptionReviewDate'))
    const id = await grantTo(member, csirtLead, key, { ...long, reviewOn: '2026-07-10' })
    expect((await reviewAtOf(id))?.toISOString()).toMatch(/^2026-07-10T14:59:59/)
  })

  test('that passed while the request waited is replaced by that of the policy', async () => {
    const { key } = await reported()
    const input = { ...asked, ...long, controls: 'A firewall', finding: key, reviewOn: '2026-06-20' }
    const { id } = await requestException(member, input)
    setClock(() => later(30))
    await decideException(csirtLead, { id, approve: true, note: 'Agreed' })
    expect(await reviewAtOf(id)).toEqual(later(120))
  })

  test('is shown from 14 days before, and answered by somebody who could approve', async () => {
    const { key } = await reported({ severity: 'HIGH' })
    const id = await grantTo(member, csirtLead, key, long)
    const review = { id, note: 'The firewall is still there' }
    const rowOf = async (who: Who) => (await getFinding(who, key)).exceptions[0]
    expect(await rowOf(csirtLead)).toMatchObject({ may: { review: false } })
    await expect(reviewException(csirtLead, review)).rejects.toEqual(failing('exceptionNoReview'))
    const before = await dueReviews(csirtLead)
    setClock(() => later(77))
    const now = await dueReviews(csirtLead)
    expect(now.due).toBeGreaterThan(before.due)
    expect((await countExceptions(csirtLead)).review).toBeGreaterThan(0)
    expect(await rowOf(csirtLead)).toMatchObject({ reviewIsOverdue: false, may: { review: true } })
    expect(await rowOf(member)).toMatchObject({ may: { review: false } })
    setClock(() => later(91))
    expect(await rowOf(csirtLead)).toMatchObject({ reviewIsOverdue: true, endsUnreviewed: later(104) })
    expect((await dueReviews(csirtLead)).overdue).toBeGreaterThan(0)
    await expect(reviewException(sreLead, review)).rejects.toEqual(failing('exceptionNeedsSecurity'))
    await reviewException(csirtLead, review)
    expect(await reviewAtOf(id)).toEqual(later(181))
    expect(await rowOf(member)).toMatchObject({
      reviews: [{ note: review.note, name: csirtLead.actor.name, dueAt: later(90), at: later(91) }],
    })
  })

  test('that nobody answers for 14 days ends the exception, and the finding is open again', async () => {
    const { account, key } = await reported()
    const id = await grantTo(member, csirtLead, key, long)
    setClock(() => later(103))
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'accepted' })
    setClock(() => later(104))
    await keepExceptions()
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({
      state: 'ended',
      endedReason: 'review',
    })
    expect(await stored(account)).toMatchObject({ status: 'new' })
    await expect(reviewException(csirtLead, { id, note: 'Too late' })).rejects.toEqual(failing('exceptionOver'))
  })
})
