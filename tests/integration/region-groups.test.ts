import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { FindingFilter, type FindingGrouping } from '../../lib/domain/findings/filter'
import { environments } from '../../lib/domain/people/team'
import { groupFindings } from '../../lib/queries/findings/groups/groups'
import { listFindings } from '../../lib/queries/findings/list'
import { applyException } from '../../lib/store/exceptions/apply'
import { endException } from '../../lib/store/exceptions/decide'
import { assignFindings, setDueAt, setStatus } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { addFinding, addMember } from '../support/people'
import { grantRule, people } from './support-exceptions'
import { asff, at, ingest, job } from './support-ingest'

beforeEach(clear)
afterAll(closeDatabase)

const everything = accessFor('admin')
const limited = accessFor('admin', { accounts: [ours] })
const by: FindingGrouping = 'regions'

async function groups(access: typeof everything, given: Record<string, unknown> = {}) {
  const rows = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof groupFindings>> = await groupFindings(
      access,
      FindingFilter.parse(given),
      by,
      cursor,
    )
    rows.push(...page.rows)
    cursor = page.next
  } while (cursor !== null)
  return rows.map(({ key, severity, count, place }) => [key, severity, count, place?.regions])
}

test('one line for each control of an account, with its Regions, the worst first', async () => {
  await pool().query('INSERT INTO account (id, name) VALUES ($1, $2), ($3, $4)', [ours, 'Shop', theirs, 'Bank'])
  for (const region of ['eu-west-1', 'us-east-1', 'ap-northeast-1'])
    await addFinding(ours, { control: 'Macie.1', severity: 3, region })
  await addFinding(ours, { control: 'Macie.1', severity: 3, region: 'us-east-1' })
  await addFinding(ours, { control: 'Macie.1', severity: 2, region: 'us-west-2' })
  await addFinding(ours, {
    control: 'Macie.1',
    severity: 3,
    region: 'us-west-1',
    status: 'resolved',
    resolvedReason: 'hand',
    resolvedAt: new Date(),
  })
  await addFinding(ours, { control: 'S3.2', severity: 5, region: 'us-east-1' })
  await addFinding(theirs, { control: 'Macie.1', severity: 3, region: 'us-east-1' })
  const all = [
    [`${ours}/S3.2`, 'critical', 1, 1],
    [`${theirs}/Macie.1`, 'medium', 1, 1],
    [`${ours}/Macie.1`, 'medium', 5, 4],
  ]
  expect(await groups(everything)).toEqual(all)
  // The same from another plan: every environment, and none.
  await pool().query(`UPDATE account SET environment = 'production'`)
  expect(await groups(everything, { environment: [...environments] })).toEqual(all)
  expect(await groups(limited)).toEqual([all[0], all[2]])
  expect(await groups(everything, { control: ['Macie.1'], account: [ours] })).toEqual([all[2]])
  expect(await groups(everything, { status: ['resolved'] })).toEqual([[`${ours}/Macie.1`, 'medium', 1, 1]])
  await pool().query(`UPDATE account SET closed_at = now() WHERE id = $1`, [theirs])
  expect(await groups(everything)).toEqual([all[0], all[2]])
})

test('pages follow each other without a gap', async () => {
  // Each control has two severities, so that it is met twice, the second time for nothing.
  const rows = Array.from({ length: 230 }, (_, n) => ({
    control: `X.${n % 115}`,
    severity: 1 + ((n < 115 ? n : n + 1) % 5),
    region: n < 115 ? 'eu-west-1' : 'us-east-1',
  }))
  for (const row of rows) await addFinding(ours, row)
  const walked = await groups(everything)
  expect(walked.length).toBe(115)
  expect(new Set(walked.map(([key]) => key)).size).toBe(115)
  expect(walked).toEqual(await groups(everything, { account: [ours] }))
})

const REGIONS = ['eu-west-1', 'us-east-1', 'ap-northeast-1', 'sa-east-1']
const detector = (region: string) =>
  asff({ account: ours, control: 'GuardDuty.1', region, resource: `detector-${region}` })

test('a decision about the line is one change of all its Regions, with one undo', async () => {
  await ingest(REGIONS.map(detector), { observedAt: at(2) })
  const owner = await addMember('lead')
  const lead = accessFor('lead')
  const selection = { filter: FindingFilter.parse({ account: [ours], control: ['GuardDuty.1'] }), except: [] }
  for (const run of [
    () => assignFindings(lead, { selection, owner: owner.id, confirmed: 4 }),
    () => setDueAt(lead, { selection, dueAt: '2026-06-05', confirmed: 4 }),
    () => setStatus(lead, { selection, status: 'in_progress', confirmed: 4 }),
  ]) {
    const before = await prisma().finding.findMany({ orderBy: { id: 'asc' } })
    const { changed, changeset } = await run()
    expect(changed).toBe(4)
    await undoChange(lead, { changeset: changeset ?? '' })
    const pick = ({ ownerId, dueAt, status }: (typeof before)[number]) => [ownerId, dueAt, status]
    expect((await prisma().finding.findMany({ orderBy: { id: 'asc' } })).map(pick)).toEqual(before.map(pick))
  }
})

test('an exception for all Regions covers a Region that fails later, and no other account or control', async () => {
  const { member, csirtLead } = await people()
  await ingest(REGIONS.slice(0, 2).map(detector), { observedAt: at(2) })
  setClock(() => at(10))
  const match = { control: 'GuardDuty.1', accounts: [ours], environments: [], resource: null, tag: null }
  const id = await grantRule(member, csirtLead, { until: '2026-06-25', match })
  expect(await groups(job)).toEqual([])
  await ingest(
    [
      ...REGIONS.map(detector),
      asff({ account: ours, control: 'S3.9' }),
      { ...detector('eu-west-1'), AwsAccountId: theirs },
    ],
    { observedAt: at(11) },
  )
  const { rows } = await listFindings(job, FindingFilter.parse({ exception: id }), { cursor: null, limit: 50 })
  expect(rows.map(row => [row.accountId, row.control, row.region, row.status]).sort()).toEqual(
    [...REGIONS].sort().map(region => [ours, 'GuardDuty.1', region, 'accepted']),
  )
  expect((await groups(job)).map(([key]) => key).sort()).toEqual([`${ours}/S3.9`, `${theirs}/GuardDuty.1`])
  await endException(csirtLead, { id, note: '' })
  await applyException(csirtLead, id)
  expect((await groups(job, { account: [ours], control: ['GuardDuty.1'] }))[0]?.[2]).toBe(4)
})
