import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma, transaction } from '../../lib/db'
import { groupingOf } from '../../lib/domain/controls/grouping'
import { putControlTable, shippedControlTable } from '../../lib/domain/controls/table'
import { dueAt } from '../../lib/domain/policies/due'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { AppError, ForbiddenError } from '../../lib/errors'
import { regroup } from '../../lib/ingest/regroup'
import { getAccount } from '../../lib/queries/accounts/account'
import { findDifferences } from '../../lib/queries/check/check'
import { getControlSeverities } from '../../lib/queries/policies/control-severity'
import {
  controlSeveritiesIn,
  rateFindings,
  saveControlSeverities,
  writeControlSeverities,
} from '../../lib/store/policies/control-severity'
import { moveDueDates } from '../../lib/store/policies/due-policy'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { noteGroupedBy } from '../../lib/store/sightings/grouped'
import { accessFor } from '../support/organisation'
import { accessOf, addMember } from '../support/people'
import {
  asff,
  at,
  expectTrueCounts,
  ingest,
  job,
  newAccount,
  partial,
  prowler,
  unratedControlTable,
} from './support-ingest'

beforeAll(() => putControlTable(shippedControlTable))
beforeEach(async () => {
  await pool().query('TRUNCATE setting, policy_work, control_severity')
  await transaction(async tx => writeControlSeverities(tx, await controlSeveritiesIn(tx)))
  setClock(() => at(2))
})
afterAll(async () => {
  putControlTable(unratedControlTable)
  await closeDatabase()
})

const findingOf = (accountId: string) => prisma().finding.findFirstOrThrow({ where: { accountId } })
const linesOf = (accountId: string, kind: string) => prisma().findingEvent.findMany({ where: { accountId, kind } })
async function applyAll(): Promise<void> {
  while (await rateFindings(job));
  while (await moveDueDates(job));
  while (await routeFindings(job));
}
const due = (severity: 'critical' | 'high' | 'low') =>
  dueAt({ class: 'posture', severity, openedAt: at(2), environment: null }, 'Asia/Tokyo')

describe('the severity of a finding is that of its control', () => {
  test.each([
    ['Security Hub', (account: string) => asff({ account, control: 'IAM.9', severity: 'HIGH' })],
    ['Prowler', (account: string) => prowler({ account, control: 'iam_root_mfa_enabled', severity: 'medium' })],
  ])('whatever %s says, and so is its due date', async (_, record) => {
    const account = newAccount()
    await ingest([record(account)], { observedAt: at(2) })
    expect(await findingOf(account)).toMatchObject({ control: 'IAM.9', severity: 5, dueAt: due('critical') })
    const [sighting] = await prisma().sighting.findMany({ where: { accountId: account } })
    expect(sighting?.severity).toBeLessThan(5)
  })

  test('also when another tool reports it later', async () => {
    const account = newAccount()
    await ingest([asff({ account, control: 'S3.14', severity: 'LOW' })], { observedAt: at(2) })
    await partial([prowler({ account, control: 's3_bucket_object_versioning', severity: 'critical' })], at(2, 3))
    expect(await findingOf(account)).toMatchObject({ severity: 2, sources: ['prowler', 'security-hub'] })
    expect(await linesOf(account, 'severity')).toEqual([])
  })

  test('but a control that is not in the table has that of its report', async () => {
    const account = newAccount()
    await ingest([asff({ account, control: 'Quantum.7', severity: 'HIGH' })], { observedAt: at(2) })
    expect(await findingOf(account)).toMatchObject({ control: 'Quantum.7', severity: 4, dueAt: due('high') })
  })

  test('and is what an organization sets: findings are rated, dated and routed again, with a history', async () => {
    const account = newAccount()
    await ingest([asff({ account, control: 'S3.14', severity: 'LOW' })], { observedAt: at(2) })
    await saveRouting(job, {
      rules: [RoutingRule.parse({ name: 'x', severityAtLeast: 'critical', team: 'csirt' })],
      seen: null,
    })
    await applyAll()
    expect(await findingOf(account)).toMatchObject({ severity: 2, team: 'sre' })
    const lead = accessFor('lead')
    await saveControlSeverities(lead, { severities: { 'S3.14': 'critical' }, seen: null })
    expect(await getControlSeverities(lead)).toMatchObject({ moving: true, replaced: { 'S3.14': 'low' } })
    await applyAll()
    expect(await findingOf(account)).toMatchObject({ severity: 5, team: 'csirt', dueAt: due('critical') })
    expect(await linesOf(account, 'severity')).toMatchObject([
      { before: 'low', after: 'critical', actorKind: lead.actor.kind },
    ])
    expect(await getControlSeverities(lead)).toMatchObject({ moving: false, moved: expect.any(Number) })
    expect(await prisma().auditEntry.findFirst({ where: { action: 'policy.severity' } })).toMatchObject({
      detail: { before: {}, after: { 'S3.14': 'critical' } },
    })
    await expectTrueCounts()
    // A report does not undo it.
    await partial([asff({ account, control: 'S3.14', severity: 'LOW', title: 'Another title' })], at(2, 5))
    expect(await findingOf(account)).toMatchObject({ severity: 5 })
    const again = saveControlSeverities(lead, { severities: {}, seen: null })
    await expect(again).rejects.toThrow(AppError)
  })

  test('a finding that its source suppresses gets the severity of its report back', async () => {
    const account = newAccount()
    const record = { ...asff({ account, control: 'Quantum.9', severity: 'LOW' }), Workflow: { Status: 'SUPPRESSED' } }
    await ingest([record], { observedAt: at(2) })
    const { version } = await saveControlSeverities(job, { severities: { 'Quantum.9': 'critical' }, seen: null })
    await applyAll()
    expect(await findingOf(account)).toMatchObject({ status: 'suppressed', severity: 5 })
    await saveControlSeverities(job, { severities: {}, seen: version })
    await applyAll()
    expect(await findingOf(account)).toMatchObject({ status: 'suppressed', severity: 2 })
  })

  test('which only who sees every account may do', async () => {
    const limited = accessOf(await addMember('lead', { limited: true, accounts: ['111111111111'] }), 'lead')
    await expect(saveControlSeverities(limited, { severities: {}, seen: null })).rejects.toThrow(ForbiddenError)
  })

  test('also by another tool’s name for the control', async () => {
    const account = newAccount()
    await ingest([asff({ account, control: 'S3.14', severity: 'LOW' })], { observedAt: at(2) })
    await saveControlSeverities(job, { severities: { s3_bucket_object_versioning: 'high' }, seen: null })
    expect((await getControlSeverities(job)).severities).toEqual({ 'S3.14': 'high' })
  })
})

test('findings of before are rated by a new table, and none of their decisions is lost', async () => {
  const account = newAccount()
  await ingest([asff({ account, control: 'EC2.13', type: 'AwsEc2SecurityGroup' })], { observedAt: at(2) })
  await pool().query(`UPDATE finding SET severity = 3, status = 'in_progress', due_at = $2 WHERE account_id = $1`, [
    account,
    at(30),
  ])
  await pool().query('TRUNCATE control_severity')
  await regroup(job)
  await applyAll()
  expect(await findingOf(account)).toMatchObject({ severity: 4, status: 'in_progress', dueAt: due('high') })
  const { rows } = await pool().query<{ n: string }>('SELECT count(*) AS n FROM control_severity')
  expect(Number(rows[0]?.n)).toBe(shippedControlTable.controls.filter(({ severity }) => severity !== null).length)
  await regroup(job)
  expect(await prisma().policyWork.count()).toBe(0)
})

test('the score of an account does not depend on the tool that spoke', async () => {
  const lead = accessFor('lead')
  const scoreOf = async (record: (account: string) => Record<string, unknown>) => {
    const account = newAccount()
    await ingest([record(account)], { observedAt: at(2) })
    return (await getAccount(lead, account)).score
  }
  const hub = await scoreOf(account => asff({ account, control: 'IAM.9', severity: 'LOW' }))
  expect(hub).not.toBeNull()
  expect(await scoreOf(account => prowler({ account, control: 'iam_root_mfa_enabled', severity: 'critical' }))).toBe(
    hub,
  )
})

test('a check that passes as informational has the severity of its control, or one in the middle', async () => {
  const account = newAccount()
  const passed = (control: string) => asff({ account, control, status: 'PASSED', severity: 'INFORMATIONAL' })
  await ingest([passed('EC2.13'), passed('Inspector.1'), passed('Quantum.8')], { observedAt: at(2) })
  const rows = await prisma().sighting.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  expect(rows.map(({ control, severity }) => [control, severity])).toEqual([
    ['EC2.13', 4],
    ['Inspector.1', 4],
    ['Quantum.8', 3],
  ])
})

test('hinomi check recomputes the severities of controls and of findings', async () => {
  const account = newAccount()
  await ingest([asff({ account, control: 'S3.14', severity: 'LOW' })], { observedAt: at(2) })
  await noteGroupedBy(job, groupingOf())
  // Accounts that are still rated are left out.
  await applyAll()
  const found = async () => [...(await findDifferences(job)).counts.keys()]
  const before = await found()
  await pool().query(`UPDATE control_severity SET severity = 5 WHERE control = 'S3.14'`)
  expect(await found()).toEqual(expect.arrayContaining(['controlSeverity', 'findingSeverity']))
  await pool().query(`UPDATE control_severity SET severity = 2 WHERE control = 'S3.14'`)
  expect(await found()).toEqual(before)
  const record = { ...asff({ account, control: 'Quantum.9', severity: 'LOW' }), Workflow: { Status: 'SUPPRESSED' } }
  await partial([record], at(2, 4))
  expect(await found()).toEqual(before)
  await pool().query(`UPDATE finding SET severity = 4 WHERE account_id = $1 AND status = 'suppressed'`, [account])
  expect(await found()).toContain('findingSeverity')
})
