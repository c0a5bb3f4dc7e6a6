import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { accessOf, addMember } from '../support/people'
import { grantRule, people, stored } from './support-exceptions'
import { at, newAccount, partial } from './support-ingest'

const AMI = 'ami-0123456789abcdef0'
const replaced = { tags: { 'aws:autoscaling:groupName': 'shop' }, details: { awsEc2Instance: { imageId: AMI } } }

/** A native finding of Inspector about an instance, which may be told to come from a machine image. */
function vulnerability(account: string, day: number, more: object = {}) {
  const id = `arn:aws:ec2:eu-west-1:${account}:instance/i-0123456789abcdef0`
  return {
    findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/one`,
    awsAccountId: account,
    status: 'ACTIVE',
    severity: 'CRITICAL',
    title: 'CVE-2099-0001',
    updatedAt: at(day).toISOString(),
    resources: [{ id, type: 'AWS_EC2_INSTANCE', region: 'eu-west-1', ...more }],
    packageVulnerabilityDetails: {
      vulnerabilityId: 'CVE-2099-0001',
      vulnerablePackages: [{ name: 'libone', version: '1.0' }],
    },
  }
}

afterAll(closeDatabase)

test('a member cannot move a problem to a machine image that an exception covers; a lead can', async () => {
  const account = newAccount()
  const member = accessOf(await addMember('member'), 'member')
  const { member: requester, csirtLead } = await people()
  await partial([vulnerability(account, 1)], at(2), { access: csirtLead })
  const before = await stored(account)
  expect(before).toMatchObject({ status: 'new', severity: 5 })
  await grantRule(requester, csirtLead, { match: { accounts: [account], resource: `*${AMI}` } })
  const forged = await partial([vulnerability(account, 11, replaced)], at(12), { access: member })
  expect(forged).toMatchObject({ withheld: 1, created: 0, resolved: 0 })
  expect(await stored(account)).toEqual(before)
  expect(await prisma().machineImage.findMany({ where: { accountId: account } })).toEqual([])
  await partial([vulnerability(account, 11, replaced)], at(13), { access: csirtLead })
  expect((await stored(account)).resourceId).toContain(AMI)
})
