import { expect } from 'vitest'
import { setClock } from '../../lib/clock'
import { prisma } from '../../lib/db'
import { groupingOf } from '../../lib/domain/controls/grouping'
import { toFindingId } from '../../lib/domain/findings/filter'
import { runImport } from '../../lib/ingest/run/run'
import { keepSnapshots } from '../../lib/jobs/snapshots'
import { findDifferences } from '../../lib/queries/check/check'
import { markOverdue } from '../../lib/store/findings/overdue'
import { assignFindings, setStatus, setTeam } from '../../lib/store/findings/triage'
import { setVerdict } from '../../lib/store/findings/verdict'
import { noteGroupedBy } from '../../lib/store/sightings/grouped'
import { attach } from '../support/files'
import { iamReport, iamUser } from '../support/iam-report'
import { addMember } from '../support/people'
import { balancer, managed } from '../support/waf'
import { putEntrance } from '../support/waf-assets'
import { grantRule, grantTo, people } from './support-exceptions'
import { asff, at, complete, job, newAccount, partial, prowler, receive } from './support-ingest'
import { threat } from './support-threats'

/**
 * Expects that the derived tables match the base tables and that no rows contradict each other. Marks overdue findings
 * first, as the worker would.
 */
export async function expectConsistent(): Promise<void> {
  await noteGroupedBy(job, groupingOf())
  while ((await markOverdue(job)) > 0);
  const { differences } = await findDifferences(job)
  expect(differences).toEqual([])
}

/** The finding of a resource in an account. */
async function findingIn(account: string, resource: string) {
  const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: account, resourceName: resource } })
  return toFindingId(account, finding.id)
}

/** Runs the worker's hourly jobs. */
async function hourly(): Promise<void> {
  while ((await markOverdue(job)) > 0);
  await keepSnapshots()
}

/** A key of a pipeline that was switched off for a day, and one that was deleted. */
async function accessKeys(): Promise<void> {
  const account = newAccount()
  for (const [day, active] of [true, false, true].entries()) {
    const keys = [{ id: 'AKIAEXAMPLE1', active }, ...(day === 0 ? [{ id: 'AKIAEXAMPLE2', active: true }] : [])]
    await complete(iamReport(account, at(day + 2), [iamUser(account, 'github-deploy', keys)]), at(day + 2))
  }
}

/** A check of Hinomi over three buckets, of which one passed, one failed, and one was not shown by AWS. */
async function checkedBuckets(): Promise<void> {
  const account = newAccount()
  const check = { check: 'bucket-encryption', control: 'S3.4', account, region: 'eu-west-1', severity: 'medium' }
  const lines = [
    { collection: 1, account, collector: 'checks', startedAt: at(2).toISOString(), whole: true },
    ...['passed', 'failed', 'not_available'].map(result => {
      const resource = { id: `arn:aws:s3:::${result}`, type: 'AwsS3Bucket' }
      return { checked: 1, ...check, resource, result, evidence: [] }
    }),
    {
      examined: 1,
      account,
      check: check.check,
      controls: [check.control],
      regions: null,
      unexamined: [],
      passed: 1,
      failed: 1,
      unknown: 1,
    },
  ]
  await complete(lines.map(line => `${JSON.stringify(line)}\n`).join(''), at(2))
}

/** Twelve days of an organization with all events that a check covers. */
export async function consistentOrganisation(): Promise<void> {
  await noteGroupedBy(job, groupingOf())
  const [shop, late, waiting] = [newAccount(), newAccount(), newAccount()]
  const { member, sreLead } = await people()
  await accessKeys()
  await checkedBuckets()
  const owner = await addMember('member')
  await prisma().account.create({ data: { id: shop, environment: 'production' } })
  await putEntrance(shop, balancer(), [managed('Count')], at(1))
  const reported = (second: boolean) => [
    asff({ account: shop, resource: 'b1', severity: second ? 'HIGH' : 'CRITICAL' }),
    asff({ account: shop, resource: 'b3', status: 'PASSED' }),
    asff({ account: shop, resource: 'b4', control: 'S3.5', status: 'NOT_AVAILABLE' }),
    asff({ account: shop, resource: 'b5', control: 'S3.6' }),
    asff({ account: shop, resource: 'b7', control: 'S3.7', severity: 'CRITICAL' }),
    asff({ account: shop, resource: 'b6', control: 'S3.9', severity: 'LOW' }),
  ]
  const again = (status: 'FAILED' | 'PASSED') => asff({ account: shop, resource: 'b2', status, updatedAt: null })
  await complete([...reported(false), again('FAILED')], at(2))
  await partial([prowler({ account: shop, control: 's3_x', resource: 'x1' }), { class_uid: 2004 }], at(2))
  await complete([...reported(false), again('PASSED')], at(3))
  await complete([...reported(true), again('FAILED')], at(4))
  setClock(() => at(5))
  await assignFindings(job, { selection: { ids: [await findingIn(shop, 'b1')] }, owner: owner.id })
  await setStatus(job, { selection: { ids: [await findingIn(shop, 'b1')] }, status: 'acknowledged' })
  await setTeam(job, { selection: { ids: [await findingIn(shop, 'x1')] }, team: 'csirt' })
  for (const day of [5, 6, 7, 8, 9]) {
    setClock(() => at(day, 1))
    await hourly()
  }
  const pass = prowler({ account: waiting, control: 's3_public', resource: 'fine', status: 'PASSED' })
  const failing = Array.from({ length: 40 }, (_, n) =>
    prowler({ account: waiting, control: 's3_public', resource: `w${n}` }),
  )
  await complete([pass, ...failing], at(9, 2))
  await complete([pass], at(9, 4))
  setClock(() => at(10))
  await grantTo(member, sreLead, await findingIn(shop, 'b5'), {})
  await grantRule(member, sreLead, {
    kind: 'false_positive',
    match: { control: 'S3.9', accounts: [], environments: [], resource: null, tag: null },
  })
  await complete([asff({ account: late, updatedAt: null })], at(10, 2))
  await complete(
    [threat({ account: shop }), threat({ account: shop, id: 'closed', userName: 'closed', count: 5 })],
    at(10, 2),
  )
  await setVerdict(job, {
    selection: { ids: [await findingIn(shop, 'closed')] },
    verdict: { kind: 'true_positive', text: 'The key was removed' },
  })
  await attach(member, 'evidence.txt', Buffer.alloc(300_000, 'x'), { finding: await findingIn(shop, 'b1') })
  const { id } = await receive([asff({ account: late, resource: 'gone', updatedAt: null })], {
    observedAt: at(7),
    coverage: 'complete',
  })
  setClock(() => at(11))
  await runImport(job, id)
  setClock(() => at(12))
  await hourly()
}
