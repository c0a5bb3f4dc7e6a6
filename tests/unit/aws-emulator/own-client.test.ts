import { beforeEach, expect } from 'vitest'
import type { Aws } from '../../../lib/aws/aws'
import type { Collector } from '../../../lib/aws/collect/collector'
import { guardduty } from '../../../lib/aws/collect/findings/guardduty'
import { credentialReport } from '../../../lib/aws/collect/identity/credential-report'
import { iam } from '../../../lib/aws/collect/identity/iam'
import { organization } from '../../../lib/aws/collect/identity/organization'
import { getIdentity } from '../../../lib/aws/identity'
import { type TestedConnection, testConnection } from '../../../lib/aws/test-connection'
import type { ConnectionTestStep } from '../../../lib/domain/collection/connection-test'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { credentialReportIn } from '../../../lib/sources/credential-report/answer'
import { emulatedAws } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { pagesOf } from '../../support/aws/fake-calls'
import { createAccounts } from '../../support/aws/organisation/accounts'
import { createIdentities, ROLE, trustHinomi } from '../../support/aws/organisation/identities'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const EXTERNAL_ID = '0123456789abcdef0123456789abcdef'
const REGION = 'ap-northeast-1'
const never = () => new AbortController().signal

stopAtEnd()

const before = { ...process.env }
beforeEach(() => () => {
  process.env = { ...before }
})

/** The organization of the emulator, and AWS as Hinomi sees it. */
async function setUp(emulator: Emulator) {
  Object.assign(process.env, emulator.env)
  const { payments, accounts } = await createAccounts(emulator, HOME.account)
  for (const account of accounts) await trustHinomi(emulator, account, EXTERNAL_ID)
  await createIdentities(emulator, payments, true)
  const aws = emulatedAws(emulator, REGION)
  const read = async (collector: Collector, account: string, region = REGION) => {
    const target = { account, partition: 'aws', roleName: ROLE, externalId: EXTERNAL_ID, sessionName: 'hinomi-1' }
    const pages = await pagesOf(collector, aws.asRole(target, { region, signal: never() }))
    return JSON.parse(JSON.stringify(pages.flatMap(({ records }) => records))) as Record<string, unknown>[]
  }
  const lines = async (...args: Parameters<typeof read>) =>
    (await read(...args)).map(record => InventoryLine.parse(record))
  return { aws, payments, accounts, read, lines }
}

const connection: TestedConnection = {
  account: HOME.account,
  isOrganization: true,
  partition: 'aws',
  roleName: ROLE,
  externalId: EXTERNAL_ID,
  region: REGION,
  writeBack: null,
}

async function stepsOf(aws: Aws, of: TestedConnection = connection): Promise<ConnectionTestStep[]> {
  const steps: ConnectionTestStep[] = []
  for await (const step of testConnection(aws, of, never())) steps.push(step)
  return steps
}

test('accounts, units and tags of an organization, and the identities of an account', { timeout: START_MS }, async ({
  emulator,
}) => {
  const { aws, payments, accounts, read, lines } = await setUp(emulator)
  const found = await lines(organization, HOME.account, 'us-east-1')
  const listed = found.filter(({ type }) => type === 'AWS::Organizations::Account')
  expect(listed.map(({ data }) => data.id).sort()).toEqual([...accounts].sort())
  expect(listed.find(({ data }) => data.id === payments)?.data).toMatchObject({
    unit: 'Production',
    status: 'ACTIVE',
    tags: { environment: 'production', team: 'payments' },
  })

  const identities = await lines(iam, payments)
  const named = (name: string) => identities.find(line => line.name === name)?.data
  expect(named('github-actions-deploy')).toMatchObject({
    accessKeys: [{ active: true }],
    inlinePolicies: [{ name: 'deploy', document: { Statement: [{ Action: 'ecs:*' }] } }],
    credentials: { access_key_1_active: 'true' },
  })
  expect(named('GitHubDeploy')).toMatchObject({
    trustPolicy: { Statement: [{ Action: 'sts:AssumeRoleWithWebIdentity' }] },
  })
  expect(named('token.actions.githubusercontent.com')).toMatchObject({ audiences: ['sts.amazonaws.com'] })

  const [report] = await read(credentialReport, payments)
  expect(credentialReportIn(report ?? {})?.text).toContain('github-actions-deploy')
  await expect(read(guardduty, payments)).rejects.toMatchObject({ state: 'not_enabled' })

  const { principal } = await getIdentity(aws.asSelf('self', { region: REGION, signal: never() }))
  expect(principal?.arn).toBe(`arn:aws:iam::${HOME.account}:role/${HOME.role}`)
})

test('a test of a connection names a wrong external ID and a missing permission', { timeout: START_MS }, async ({
  emulator,
}) => {
  const { aws, accounts } = await setUp(emulator)
  const all = await stepsOf(aws)
  expect(all.slice(0, 4).map(({ id, state }) => [id, state])).toEqual([
    ['credentials', 'ok'],
    ['role', 'ok'],
    ['organization', 'ok'],
    ['member', 'ok'],
  ])
  expect(accounts).toContain(all[3]?.account)
  expect(all.filter(({ state }) => state === 'failed')).toEqual([])

  emulator.deny({ action: 'kms:ListKeys' })
  const denied = (await stepsOf(aws)).find(({ collector }) => collector === 'kms')
  expect(denied).toMatchObject({
    state: 'failed',
    failure: { state: 'denied', reason: 'permission', action: 'kms:ListKeys' },
  })

  const wrong = await stepsOf(aws, { ...connection, externalId: 'f'.repeat(32) })
  expect(wrong[1]).toMatchObject({ id: 'role', state: 'failed', failure: { reason: 'role', action: 'sts:AssumeRole' } })
})
