import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { regroup } from '../../lib/ingest/regroup'
import { assignFindings } from '../../lib/store/findings/triage'
import { addMember } from '../support/people'
import { at, expectTrueCounts, job, newAccount, partial, prowler } from './support-ingest'
import { custom } from './support-records'
import { storeAsBefore } from './support-upgrade'

afterAll(closeDatabase)

const queue = (account: string) => `arn:aws:sqs:eu-west-1:${account}:orders`

test.each<[string, (account: string) => Record<string, unknown>]>([
  [
    'ASFF',
    account => ({
      ...custom({ account, id: 'q' }),
      GeneratorId: 'security-control/SQS.1',
      Resources: [{ Type: 'AwsSqsQueue', Id: queue(account), Region: 'eu-west-1' }],
    }),
  ],
  [
    'OCSF',
    account => ({
      ...prowler({ account, control: 'sqs_made_up' }),
      resources: [{ uid: queue(account), type: 'AwsSqsQueue', region: 'eu-west-1' }],
    }),
  ],
  [
    'AWS Config',
    account => ({
      AccountId: account,
      AwsRegion: 'us-east-1',
      ComplianceType: 'NON_COMPLIANT',
      EvaluationResultIdentifier: {
        EvaluationResultQualifier: {
          ConfigRuleName: 'queues',
          ResourceType: 'AWS::SQS::Queue',
          ResourceId: queue(account),
        },
      },
    }),
  ],
])('a record of %s with a resource in another Region keeps its finding', async (_format, record) => {
  const account = newAccount()
  const owner = (await addMember('member')).id
  await partial([record(account)], at(1))
  await storeAsBefore(account, () => ({ region: 'us-east-1' }))
  const [before] = await prisma().finding.findMany({ where: { accountId: account } })
  await assignFindings(job, { selection: { ids: [toFindingId(account, before?.id ?? '')] }, owner })
  await regroup(job)
  await partial([record(account)], at(3))
  const after = await prisma().finding.findMany({ where: { accountId: account } })
  expect(after).toMatchObject([{ region: 'eu-west-1', ownerId: owner, status: 'new' }])
  expect(await prisma().sighting.count({ where: { accountId: account } })).toBe(1)
  await expectTrueCounts()
})
