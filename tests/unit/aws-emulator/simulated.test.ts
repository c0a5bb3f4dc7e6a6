import { GetAccountAuthorizationDetailsCommand, GetCredentialReportCommand, IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations'
import { paginateGetFindings, SecurityHubClient } from '@aws-sdk/client-securityhub'
import { ListPermissionSetsCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { asHome, asMember } from '../../support/aws/sessions'
import { startSimulatedProcess } from '../../support/aws/simulated/process'
import { SIZE, startSimulated } from '../../support/aws/simulated/simulated'

const [REGION = '', OTHER = ''] = SIZE.regions
let emulator: Emulator

beforeAll(async () => {
  emulator = await startSimulated({ accounts: 25, findings: 2500, latencyMs: 0 })
})
afterAll(async () => {
  await emulator.stop()
})

async function findingsOf(account: string, region: string) {
  const client = new SecurityHubClient(await asMember(emulator, account, SIZE.externalId, region))
  const all: unknown[] = []
  for await (const { Findings = [] } of paginateGetFindings({ client, pageSize: 100 }, {})) all.push(...Findings)
  return all
}

test('the organization has its accounts, and each its share of the findings, always the same', async () => {
  const client = new OrganizationsClient(asHome(emulator, 'us-east-1'))
  const ids: string[] = []
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {}))
    ids.push(...Accounts.map(({ Id }) => Id ?? ''))
  expect(new Set(ids).size).toBe(25)
  expect(ids[0]).toBe(HOME.account)
  const member = ids[7] ?? ''
  const findings = await findingsOf(member, REGION)
  expect(findings.length).toBe(Math.ceil(2500 / SIZE.regions.length))
  expect(await findingsOf(member, REGION)).toEqual(findings)
  expect((await findingsOf(member, OTHER)).length).toBeGreaterThan(100)
  const [outcome] = outcomesOf(findings[0], { now: new Date('2026-11-26T00:00:00Z') })
  expect(outcome).toMatchObject({ source: 'security-hub', accountId: member, region: REGION })
})

test('calls above the published limits are refused and counted', async () => {
  emulator.calls.clear()
  const client = new LambdaClient(await asMember(emulator, HOME.account, SIZE.externalId, REGION))
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => client.send(new ListFunctionsCommand({}))))
  const refused = results.filter(({ status }) => status === 'rejected').length
  expect(refused).toBeGreaterThan(10)
  expect(emulator.calls.total({ service: 'lambda' }, 'overLimit')).toBe(refused)
  expect(emulator.calls.total({ service: 'lambda' })).toBe(40)
})

test('it can run in a process of its own, which counts calls', { timeout: 60_000 }, async () => {
  const simulated = await startSimulatedProcess({ accounts: 2, latencyMs: 0 })
  try {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = simulated.env
    const credentials = {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    }
    const settings = { endpoint: simulated.env.HINOMI_AWS_ENDPOINT ?? '', region: 'us-east-1', credentials }
    await new LambdaClient(settings).send(new ListFunctionsCommand({}))
    expect(await simulated.counts()).toMatchObject([{ service: 'lambda', operation: 'ListFunctions', calls: 1 }])
  } finally {
    await simulated.stop()
  }
})

test('IAM has users and roles; what is not simulated is empty', async () => {
  const settings = await asMember(emulator, HOME.account, SIZE.externalId, 'us-east-1')
  const details = await new IAMClient(settings).send(new GetAccountAuthorizationDetailsCommand({}))
  expect([details.UserDetailList?.length, details.RoleDetailList?.length]).toEqual([10, 20])
  const { Content = new Uint8Array() } = await new IAMClient(settings).send(new GetCredentialReportCommand({}))
  expect(Buffer.from(Content).toString().split('\n')).toHaveLength(12)
  const sets = await new SSOAdminClient(settings).send(
    new ListPermissionSetsCommand({ InstanceArn: 'arn:aws:sso:::instance/x' }),
  )
  expect(sets.PermissionSets).toEqual([])
})
