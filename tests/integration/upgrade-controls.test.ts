import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { type Control, putControlTable, shippedControlTable, toControlTable } from '../../lib/domain/controls/table'
import { toFindingId } from '../../lib/domain/findings/filter'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { regroup } from '../../lib/ingest/regroup'
import { getFinding } from '../../lib/queries/findings/finding'
import { addComment, assignFindings, setStatus } from '../../lib/store/findings/triage'
import { rateFindings } from '../../lib/store/policies/control-severity'
import { moveDueDates } from '../../lib/store/policies/due-policy'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { addMember } from '../support/people'
import { asff, at, expectTrueCounts, ingest, job, newAccount, prowler, unratedControlTable } from './support-ingest'

/** A table of before: rows of today with other names. */
function tableOfBefore(id: string, change: (names: Control['names']) => Control['names']) {
  return toControlTable(
    unratedControlTable.controls.map(row => (row.id === id ? { ...row, names: change(row.names) } : row)),
  )
}

beforeEach(async () => {
  await pool().query('TRUNCATE setting, policy_work, control_severity')
})
afterAll(async () => {
  putControlTable(unratedControlTable)
  await closeDatabase()
})

const findingsOf = (accountId: string) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: { control: 'asc' } })
const idOf = ({ accountId, id }: { accountId: string; id: string }) => toFindingId(accountId, id)

async function upgrade(): Promise<void> {
  putControlTable(shippedControlTable)
  await regroup(job)
  while (await rateFindings(job));
  while (await moveDueDates(job));
  while (await routeFindings(job));
}

describe('an upgrade to another table', () => {
  test('merges what is joined now, with the decisions of people, and rates it', async () => {
    putControlTable(tableOfBefore('EC2.13', ({ also: _, ...names }) => names))
    const account = newAccount()
    const group = { type: 'AwsEc2SecurityGroup', resource: 'sg' }
    await ingest([asff({ account, control: 'PCI.EC2.5', ...group })], { observedAt: at(1) })
    await ingest([asff({ account, control: 'EC2.13', ...group })], { observedAt: at(2) })
    const [ec2, pci] = await findingsOf(account)
    if (!ec2 || !pci) throw new Error('there are not two findings')
    expect([ec2.control, pci.control]).toEqual(['EC2.13', 'PCI.EC2.5'])
    const owner = await addMember('member')
    await assignFindings(job, { selection: { ids: [idOf(pci)] }, owner: owner.id })
    await setStatus(job, { selection: { ids: [idOf(pci)] }, status: 'in_progress' })
    await addComment(job, { selection: { ids: [idOf(pci)] }, text: 'We close the port on Friday' })
    await saveRouting(job, {
      rules: [RoutingRule.parse({ name: 'x', control: 'PCI.EC2.5', team: 'csirt' })],
      seen: null,
    })

    await upgrade()
    const [merged, ...others] = await findingsOf(account)
    expect(others).toEqual([])
    expect(merged).toMatchObject({
      control: 'EC2.13',
      severity: 4,
      status: 'in_progress',
      ownerId: owner.id,
      team: 'csirt',
    })
    // The old address leads to it, with the history of both.
    const shown = await getFinding(job, idOf(pci))
    expect(shown.id).toBe(idOf(ec2))
    expect(shown.sightings).toHaveLength(2)
    expect(shown.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['comment', 'merged', 'severity']))
    await expectTrueCounts()
  })

  test('splits what was a wrong pair, and the first one keeps the decisions', async () => {
    putControlTable(
      tableOfBefore('S3.6', names => ({ ...names, prowler: { s3_bucket_cross_account_access: 'prowler-fsbp' } })),
    )
    const account = newAccount()
    await ingest([asff({ account, control: 'S3.6', resource: 'logs' })], { observedAt: at(1) })
    const check = { account, control: 's3_bucket_cross_account_access', resource: 'logs' }
    await ingest([prowler(check)], { observedAt: at(2) })
    const [one, ...none] = await findingsOf(account)
    expect(none).toEqual([])
    if (!one) throw new Error('there is no finding')
    await setStatus(job, { selection: { ids: [idOf(one)] }, status: 'acknowledged' })

    await upgrade()
    expect(await findingsOf(account)).toMatchObject([
      { control: 'S3.6', sources: ['security-hub'], status: 'acknowledged', severity: 4 },
      { control: 's3_bucket_cross_account_access', sources: ['prowler'], status: 'new' },
    ])
    await expectTrueCounts()
    // The next report finds them where they are now.
    await ingest([prowler(check)], { observedAt: at(3) })
    expect(await findingsOf(account)).toHaveLength(2)
  })
})
