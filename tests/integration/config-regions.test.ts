import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { asff, at, ingest, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

/** An evaluation as GetComplianceDetailsByConfigRule answers it: without account, Region and ARN. */
const evaluation = (resource: string) => ({
  EvaluationResults: [
    {
      EvaluationResultIdentifier: {
        EvaluationResultQualifier: {
          ConfigRuleName: 'restricted-ssh',
          ResourceType: 'AWS::EC2::SecurityGroup',
          ResourceId: resource,
        },
      },
      ComplianceType: 'NON_COMPLIANT',
    },
  ],
})

const group = (account: string, name: string, region = 'ap-northeast-1') => ({
  ...asff({ account, control: 'EC2.13', region, type: 'AwsEc2SecurityGroup', id: `arn:hub/${region}/${name}` }),
  Resources: [{ Type: 'AwsEc2SecurityGroup', Id: `arn:aws:ec2:${region}:${account}:security-group/${name}` }],
})

const findingsOf = (accountId: string) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: { region: 'asc' } })

test('a result of AWS Config joins the finding of its resource by the Region that the sender names', async () => {
  const account = newAccount()
  await ingest([group(account, 'sg-0a')], { observedAt: at(1) })
  await ingest([evaluation('sg-0a')], { observedAt: at(2), account, region: 'ap-northeast-1', access: job })
  expect(await findingsOf(account)).toMatchObject([{ region: 'ap-northeast-1', sources: ['config', 'security-hub'] }])
})

test('or by the only resource of this id in the account', async () => {
  const account = newAccount()
  await ingest([group(account, 'sg-0b')], { observedAt: at(1) })
  await ingest([evaluation('sg-0b')], { observedAt: at(2), account })
  expect(await findingsOf(account)).toMatchObject([{ region: 'ap-northeast-1', sources: ['config', 'security-hub'] }])
})

test('and stays apart where two Regions have a resource of this id', async () => {
  const account = newAccount()
  await ingest([group(account, 'sg-0c'), group(account, 'sg-0c', 'us-east-1')], { observedAt: at(1) })
  await ingest([evaluation('sg-0c')], { observedAt: at(2), account })
  expect((await findingsOf(account)).map(({ region }) => region)).toEqual(['ap-northeast-1', 'global', 'us-east-1'])
})
