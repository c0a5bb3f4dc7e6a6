import {
  BatchImportFindingsCommand,
  BatchUpdateFindingsCommand,
  CreateFindingAggregatorCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  type GetFindingsCommandInput,
  GetFindingsV2Command,
  ListFindingAggregatorsCommand,
  paginateGetFindings,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub'
import { expect } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { securityHubFinding } from '../../support/aws/examples/security-hub'
import { setUpIn } from '../../support/aws/organisation/connection'
import { asHome } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const MEMBER = '222222222222'
const [HERE, THERE] = ['us-east-1', 'ap-northeast-1'] as const
const place = { account: HOME.account, region: HERE }

stopAtEnd()

async function controlsOf(
  emulator: Emulator,
  input: GetFindingsCommandInput = {},
  region: string = HERE,
): Promise<string[]> {
  const client = new SecurityHubClient(asHome(emulator, region))
  const controls: string[] = []
  for await (const { Findings = [] } of paginateGetFindings({ client, pageSize: 100 }, input)) {
    controls.push(...Findings.map(({ Compliance }) => Compliance?.SecurityControlId ?? ''))
  }
  return controls
}

test('findings that were imported are read in pages of at most 100', { timeout: START_MS }, async ({ emulator }) => {
  await expect(controlsOf(emulator)).rejects.toMatchObject({
    name: 'InvalidAccessException',
    message: `Account ${HOME.account} is not subscribed to AWS Security Hub`,
  })
  const client = new SecurityHubClient(setUpIn(emulator, HOME.account, HERE))
  await client.send(new EnableSecurityHubCommand({}))
  const all = Array.from({ length: 150 }, (_, n) => securityHubFinding(place, `EC2.${n}`))
  for (const Findings of [all.slice(0, 100), all.slice(100)]) {
    expect((await client.send(new BatchImportFindingsCommand({ Findings }))).FailedCount).toBe(0)
  }
  expect(await controlsOf(emulator)).toEqual(all.map(({ Compliance }) => Compliance?.SecurityControlId))
  await expect(client.send(new GetFindingsCommand({ MaxResults: 101 }))).rejects.toMatchObject({
    name: 'InvalidInputException',
  })
  const { Findings: [first] = [] } = await client.send(new GetFindingsCommand({ MaxResults: 1 }))
  expect(outcomesOf(first, { now: new Date('2026-11-26T00:00:00Z') })).toMatchObject([
    { source: 'security-hub', result: 'failed' },
  ])
})

test('filters are windows of time, states and their negation; an unknown one is an error', async ({ emulator }) => {
  const { store } = emulator
  store.set('securityhub.hub', place, true)
  const at = (day: number) => new Date(Date.UTC(2026, 10, day))
  store.put(
    'securityhub.finding',
    place,
    ...[1, 2, 3].map(day => securityHubFinding(place, `S3.${day}`, 'FAILED', at(day))),
  )
  store.put('securityhub.finding', place, securityHubFinding(place, 'S3.4', 'PASSED', at(4)))
  const window = { UpdatedAt: [{ Start: at(2).toISOString(), End: at(3).toISOString() }] }
  expect(await controlsOf(emulator, { Filters: window })).toEqual(['S3.2', 'S3.3'])
  const failed = { ComplianceStatus: [{ Value: 'PASSED', Comparison: 'NOT_EQUALS' as const }] }
  expect(await controlsOf(emulator, { Filters: failed })).toEqual(['S3.1', 'S3.2', 'S3.3'])
  const newest = [{ Field: 'UpdatedAt', SortOrder: 'desc' as const }]
  expect(await controlsOf(emulator, { SortCriteria: newest })).toEqual(['S3.4', 'S3.3', 'S3.2', 'S3.1'])
  const unknown = { Title: [{ Value: 'x', Comparison: 'EQUALS' as const }] }
  await expect(controlsOf(emulator, { Filters: unknown })).rejects.toMatchObject({ name: 'InvalidInputException' })
})

test('an administrator sees members, its aggregation Region all linked Regions', async ({ emulator }) => {
  const { store } = emulator
  for (const region of [HERE, THERE]) {
    store.set('securityhub.hub', { account: HOME.account, region }, true)
    for (const account of [HOME.account, MEMBER]) {
      store.put(
        'securityhub.finding',
        { account, region },
        securityHubFinding({ account, region }, `${region} ${account}`),
      )
    }
  }
  const seen = async (region: string) => (await controlsOf(emulator, {}, region)).sort()
  expect(await seen(HERE)).toEqual([`${HERE} ${HOME.account}`])
  store.set('securityhub.members', { account: HOME.account }, [MEMBER])
  expect(await seen(HERE)).toEqual([`${HERE} ${HOME.account}`, `${HERE} ${MEMBER}`])
  const client = new SecurityHubClient(setUpIn(emulator, HOME.account, HERE))
  await client.send(new CreateFindingAggregatorCommand({ RegionLinkingMode: 'ALL_REGIONS' }))
  expect((await client.send(new ListFindingAggregatorsCommand({}))).FindingAggregators).toHaveLength(1)
  expect(await seen(HERE)).toHaveLength(4)
  expect(await seen(THERE)).toHaveLength(2)
})

test('the second version filters findings in OCSF by windows of time', async ({ emulator }) => {
  const { store } = emulator
  const client = new SecurityHubClient(asHome(emulator, HERE))
  await expect(client.send(new GetFindingsV2Command({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  store.set('securityhub.hub-v2', place, true)
  const days = [1, 2, 3].map(day => `2026-11-0${day}T00:00:00.000Z`)
  const findings = days.map(at => ({ metadata: { uid: at }, finding_info: { modified_time_dt: at } }))
  store.put('securityhub.finding-v2', place, ...findings)
  const Filter = { Start: days[1], End: days[2] }
  const DateFilters = [{ FieldName: 'finding_info.modified_time_dt' as const, Filter }]
  const answer = await client.send(new GetFindingsV2Command({ Filters: { CompositeFilters: [{ DateFilters }] } }))
  expect(answer.Findings).toEqual(findings.slice(1))
})

test('BatchUpdateFindings changes status and note, and says what it did not find', async ({ emulator }) => {
  emulator.store.set('securityhub.hub', place, true)
  const finding = securityHubFinding(place, 'S3.8')
  emulator.store.put('securityhub.finding', place, finding)
  const identifier = { Id: finding.Id, ProductArn: finding.ProductArn }
  const command = new BatchUpdateFindingsCommand({
    FindingIdentifiers: [identifier, { ...identifier, Id: 'unknown' }],
    Workflow: { Status: 'NOTIFIED' },
    Note: { Text: 'in progress', UpdatedBy: 'hinomi' },
  })
  const answer = await new SecurityHubClient(asHome(emulator, HERE)).send(command)
  expect([answer.ProcessedFindings?.length, answer.UnprocessedFindings?.[0]?.ErrorCode]).toEqual([1, 'FindingNotFound'])
  const [updated] = emulator.store.list('securityhub.finding', place)
  expect(updated).toMatchObject({
    Workflow: { Status: 'NOTIFIED' },
    Note: { Text: 'in progress', UpdatedBy: 'hinomi' },
  })
  expect(updated?.UpdatedAt).not.toBe(finding.UpdatedAt)
})
