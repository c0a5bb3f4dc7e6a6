import { AccessAnalyzerClient, ListAnalyzersCommand, paginateListAnalyzers } from '@aws-sdk/client-accessanalyzer'
import { CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail'
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateDetectorCommand,
  GuardDutyClient,
  ListDetectorsCommand,
  paginateListDetectors,
} from '@aws-sdk/client-guardduty'
import { IAMClient, ListRolesCommand, paginateListRoles } from '@aws-sdk/client-iam'
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { ListResourcesForWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2'
import { expect } from 'vitest'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { trustHinomi } from '../../support/aws/organisation/identities'
import { asHome } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const REGION = 'us-east-1'
const USER = `arn:aws:sts::${HOME.account}:assumed-role/${HOME.role}/server`

type Settings = ReturnType<typeof asHome>
interface Example {
  action: string
  denied: string
  throttled: string
  expired: string
  send: (settings: Settings) => Promise<object>
}

/** An operation of each protocol, and the errors of its service. */
const EXAMPLES: Example[] = [
  {
    action: 'guardduty:ListDetectors',
    denied: 'AccessDeniedException',
    throttled: 'TooManyRequestsException',
    expired: 'ExpiredTokenException',
    send: settings => new GuardDutyClient(settings).send(new ListDetectorsCommand({})),
  },
  {
    action: 'access-analyzer:ListAnalyzers',
    denied: 'AccessDeniedException',
    throttled: 'ThrottlingException',
    expired: 'ExpiredTokenException',
    send: settings => new AccessAnalyzerClient(settings).send(new ListAnalyzersCommand({})),
  },
  {
    action: 'cloudtrail:DescribeTrails',
    denied: 'AccessDeniedException',
    throttled: 'ThrottlingException',
    expired: 'ExpiredTokenException',
    send: settings => new CloudTrailClient(settings).send(new DescribeTrailsCommand({})),
  },
  {
    action: 'organizations:ListAccounts',
    denied: 'AccessDeniedException',
    throttled: 'TooManyRequestsException',
    expired: 'ExpiredTokenException',
    send: settings => new OrganizationsClient(settings).send(new ListAccountsCommand({})),
  },
  {
    action: 'iam:ListRoles',
    denied: 'AccessDenied',
    throttled: 'Throttling',
    expired: 'ExpiredToken',
    send: settings => new IAMClient(settings).send(new ListRolesCommand({})),
  },
  {
    action: 'ec2:DescribeVpcs',
    denied: 'UnauthorizedOperation',
    throttled: 'RequestLimitExceeded',
    expired: 'RequestExpired',
    send: settings => new EC2Client(settings).send(new DescribeVpcsCommand({})),
  },
  {
    action: 's3:ListAllMyBuckets',
    denied: 'AccessDenied',
    throttled: 'SlowDown',
    expired: 'ExpiredToken',
    send: settings => new S3Client(settings).send(new ListBucketsCommand({})),
  },
]

stopAtEnd()

const errorOf = (answer: Promise<object>): Promise<Error | null> => answer.then(() => null).catch(error => error)

test.for(EXAMPLES)(
  '$action is denied until it is allowed again',
  { timeout: START_MS },
  async (example, { emulator }) => {
    const allow = emulator.deny({ account: HOME.account, action: example.action })
    const error = await errorOf(example.send(asHome(emulator, REGION)))
    expect(error?.name).toBe(example.denied)
    expect(error?.message).toContain(`User: ${USER} is not authorized to perform: ${example.action}`)
    expect(error?.message).toContain(`because no identity-based policy allows the ${example.action} action`)
    allow()
    expect((await errorOf(example.send(asHome(emulator, REGION))))?.name).not.toBe(example.denied)
  },
)

test('a service control policy denies in other words', async ({ emulator }) => {
  const reason = 'with an explicit deny in a service control policy'
  emulator.deny({ action: 'guardduty:*', reason })
  const error = await errorOf(new GuardDutyClient(asHome(emulator, REGION)).send(new ListDetectorsCommand({})))
  expect(error?.message).toBe(
    `User: ${USER} is not authorized to perform: guardduty:ListDetectors on resource: * ${reason}`,
  )
})

test.for(EXAMPLES)('a throttled $action', async ({ throttled, expired, send }, { emulator }) => {
  emulator.fault({ fault: { kind: 'throttle' }, times: 1 })
  expect((await errorOf(send(asHome(emulator, REGION))))?.name).toBe(throttled)
  expect(emulator.calls.total({}, 'throttled')).toBe(1)
  emulator.fault({ fault: { kind: 'expired-token' }, times: 1 })
  expect((await errorOf(send(asHome(emulator, REGION))))?.name).toBe(expired)
})

test('every third call is throttled, and all calls are counted', async ({ emulator }) => {
  emulator.fault({ service: 'guardduty', fault: { kind: 'throttle' }, every: 3 })
  const client = new GuardDutyClient(asHome(emulator, REGION))
  const names: string[] = []
  for (let n = 0; n < 6; n++) names.push((await errorOf(client.send(new ListDetectorsCommand({}))))?.name ?? 'ok')
  expect(names).toEqual(['ok', 'ok', 'TooManyRequestsException', 'ok', 'ok', 'TooManyRequestsException'])
  // What prepares a test is neither disturbed nor counted.
  await new GuardDutyClient(setUpIn(emulator, HOME.account, REGION)).send(new ListDetectorsCommand({}))
  const call = { account: HOME.account, region: REGION, service: 'guardduty', operation: 'ListDetectors' }
  expect(emulator.calls.rows()).toEqual([{ ...call, calls: 6, throttled: 2, overLimit: 0 }])
})

test('published limits are counted, and enforced if wanted', async ({ emulator }) => {
  const client = new WAFV2Client(asHome(emulator, REGION))
  const all = async () => {
    const command = () =>
      new ListResourcesForWebACLCommand({ WebACLArn: 'arn:aws:wafv2:us-east-1:1:regional/webacl/x/1' })
    const errors = await Promise.all(Array.from({ length: 20 }, () => errorOf(client.send(command()))))
    return errors.filter(error => error !== null).map(({ name }) => name)
  }
  expect(await all()).toEqual([])
  expect(emulator.calls.total({ service: 'wafv2' }, 'overLimit')).toBeGreaterThanOrEqual(8)
  emulator.options.enforceLimits = true
  const refused = await all()
  expect(refused.length).toBeGreaterThanOrEqual(18)
  expect(new Set(refused)).toEqual(new Set(['ThrottlingException']))
})

test('a server error, an answer that never comes, and a slow one', async ({ emulator }) => {
  const { send } = EXAMPLES[0] as Example
  emulator.fault({ fault: { kind: 'server-error' }, times: 1 })
  expect(await errorOf(send(asHome(emulator, REGION)))).toMatchObject({ $metadata: { httpStatusCode: 500 } })
  emulator.fault({ fault: { kind: 'timeout' }, times: 1 })
  const client = new GuardDutyClient({
    ...asHome(emulator, REGION),
    requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
  })
  expect((await errorOf(client.send(new ListDetectorsCommand({}))))?.name).toBe('TimeoutError')
  emulator.fault({ fault: { kind: 'slow', ms: 150 }, times: 1 })
  const from = performance.now()
  await send(asHome(emulator, REGION))
  expect(performance.now() - from).toBeGreaterThan(140)
})

test.for(EXAMPLES)('a connection cut in the middle of $action', async ({ send }, { emulator }) => {
  emulator.fault({ fault: { kind: 'cut' }, times: 1 })
  expect(await errorOf(send(asHome(emulator, REGION)))).not.toBeNull()
})

/** Answers of moto in XML, in JSON with the token in the address, and a list of the emulator's own. */
const PAGED: [string, (settings: Settings) => AsyncIterable<object>, string][] = [
  ['iam', settings => paginateListRoles({ client: new IAMClient(settings) }, {}), 'Roles'],
  ['guardduty', settings => paginateListDetectors({ client: new GuardDutyClient(settings) }, {}), 'DetectorIds'],
  [
    'accessanalyzer',
    settings => paginateListAnalyzers({ client: new AccessAnalyzerClient(settings) }, {}),
    'analyzers',
  ],
]

async function prepareLists(emulator: Emulator): Promise<void> {
  await trustHinomi(emulator, HOME.account, 'f'.repeat(32))
  const prepared = setUpIn(emulator, HOME.account, REGION)
  await new GuardDutyClient(prepared).send(new CreateDetectorCommand({ Enable: true }))
  const analyzer = { arn: 'arn:aws:access-analyzer:us-east-1:1:analyzer/a', name: 'a', type: 'ACCOUNT' } as const
  const since = { createdAt: new Date(0), status: 'ACTIVE' } as const
  emulator.store.put('accessanalyzer.analyzer', { account: HOME.account, region: REGION }, { ...analyzer, ...since })
}

test.for(PAGED)('an empty page of %s has a token for the real one', async ([, pages, list], { emulator }) => {
  await prepareLists(emulator)
  emulator.fault({ fault: { kind: 'empty-page' } })
  const sizes: number[] = []
  for await (const page of pages(asHome(emulator, REGION))) sizes.push(sizeOf(page, list))
  expect(sizes).toEqual([0, 1])
})

test.for(PAGED)('a token of %s that never changes', async ([, pages, list], { emulator }) => {
  await prepareLists(emulator)
  emulator.fault({ fault: { kind: 'repeated-token' }, times: 3 })
  const sizes: number[] = []
  for await (const page of pages(asHome(emulator, REGION))) sizes.push(sizeOf(page, list))
  expect(sizes).toEqual([0, 0, 0, 1])
})

function sizeOf(page: object, list: string): number {
  return ((page as Record<string, unknown[]>)[list] ?? []).length
}
