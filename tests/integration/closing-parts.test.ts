import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { allowClosings, asff, at, complete, expectTrueCounts, job, newAccount, partial } from './support-ingest'

let account = ''
beforeAll(allowClosings)
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

/** Open findings as `control resource`, in order. */
async function open(): Promise<string[]> {
  const rows = await prisma().finding.findMany({ where: { accountId: account, status: 'new' } })
  return rows.map(row => `${row.control} ${row.resourceId}`).sort()
}

/** Why the last complete report did not close the only open finding. */
async function absent() {
  const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account, status: 'new' } })
  return (await getFinding(job, toFindingId(account, id))).sightings[0]?.absent
}

describe('AWS Config', () => {
  const evaluation = (resource: string, { rule = 'our-rule', type = 'NON_COMPLIANT', region = '' } = {}) => ({
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: rule, ResourceType: 'AWS::EC2::Instance', ResourceId: resource },
    },
    ComplianceType: type,
    ...(region ? { AwsRegion: region, AccountId: account } : {}),
  })
  const answer = (...results: unknown[]) => JSON.stringify({ EvaluationResults: results })
  const send = (text: string, day: number, region?: string) =>
    complete(text, at(day), { account, ...(region ? { region } : {}) })

  test('answers for a rule in its Region, named by the record', async () => {
    await complete(
      answer(evaluation('i-1', { region: 'us-east-1' }), evaluation('i-2', { region: 'eu-west-1' })),
      at(2),
    )
    await complete(answer(evaluation('i-3', { region: 'us-east-1', type: 'COMPLIANT' })), at(3))
    expect(await open()).toEqual(['our-rule i-2'])
  })

  test('answers for a rule in its Region, named by the sender', async () => {
    await send(answer(evaluation('i-1'), evaluation('i-2')), 2, 'us-east-1')
    await send(answer(evaluation('i-3')), 2, 'eu-west-1')
    await send(answer(evaluation('i-1')), 3, 'us-east-1')
    expect(await open()).toEqual(['our-rule i-1', 'our-rule i-3'])
    await expectTrueCounts()
  })

  test('answers of two Regions without a Region resolve nothing of each other, and report that', async () => {
    await send(answer(evaluation('i-1')), 2)
    const run = await send(answer(evaluation('i-2')), 2)
    expect(run.heldBack).toMatchObject([{ reason: 'no_region', findings: 1 }])
    await send(answer(evaluation('i-2', { type: 'COMPLIANT' })), 3)
    expect(await open()).toEqual(['our-rule i-1'])
    expect(await absent()).toMatchObject({ reason: 'no_region' })
  })

  test('answers without a Region still resolve the findings of a single such report', async () => {
    await send(answer(evaluation('i-1'), evaluation('i-2')), 2)
    await send(answer(evaluation('i-1')), 3)
    expect(await open()).toEqual(['our-rule i-1'])
    await send(answer(evaluation('i-1', { type: 'COMPLIANT' })), 4)
    expect(await open()).toEqual([])
  })

  test('an answer of one rule resolves nothing of another', async () => {
    await send(answer(evaluation('i-1'), evaluation('i-1', { rule: 'other' })), 2, 'us-east-1')
    await send(answer(evaluation('i-2', { type: 'COMPLIANT' })), 3, 'us-east-1')
    expect(await open()).toEqual(['other i-1'])
  })

  test('an empty answer resolves nothing', async () => {
    await send(answer(evaluation('i-1')), 2, 'us-east-1')
    const options = { account, source: 'config', region: 'us-east-1' } as const
    for (const day of [3, 4]) expect(await complete(answer(), at(day), options)).toMatchObject({ resolved: 0 })
    expect(await open()).toEqual(['our-rule i-1'])
  })
})

describe('Trusted Advisor', () => {
  const check = (checkId: string, status: string, ...regions: string[]) => ({
    result: {
      checkId,
      status,
      resourcesSummary: { resourcesProcessed: 5 },
      flaggedResources: regions.map(region => ({
        status: 'error',
        region,
        resourceId: `opaque-${region}`,
        isSuppressed: false,
        metadata: [region, `sg-${region}`, `sg-${region}`, 'tcp', 'Red', '22'],
      })),
    },
  })
  const send = (records: unknown[], day: number) => complete(records, at(day), { account })

  test('answers for its check in all Regions', async () => {
    await send([check('HCP4007jGY', 'error', 'us-east-1', 'eu-west-1')], 2)
    expect(await open()).toHaveLength(2)
    await send([check('HCP4007jGY', 'error', 'us-east-1')], 3)
    expect(await open()).toHaveLength(1)
  })

  test('that is ok resolves the findings of the check, and counts as a pass', async () => {
    await send([check('HCP4007jGY', 'error', 'us-east-1'), check('Pfx0RwqBli', 'error', 'us-east-1')], 2)
    const run = await send([check('HCP4007jGY', 'ok')], 3)
    expect(run).toMatchObject({ resolved: 1, passed: 1, heldBack: [] })
    expect(await open()).toHaveLength(1)
    await expectTrueCounts()
  })

  test('that is not available resolves nothing', async () => {
    await send([check('HCP4007jGY', 'error', 'us-east-1')], 2)
    await send([check('HCP4007jGY', 'not_available')], 3)
    expect(await open()).toHaveLength(1)
  })
})

describe('a service that reports only problems', () => {
  const threat = (id: string, { region = 'us-east-1', updatedAt = at(1) } = {}) => ({
    ...asff({ account, product: 'GuardDuty', id: `${id}-${account}`, region, resource: id, updatedAt }),
    ProductArn: `arn:aws:securityhub:${region}::product/aws/guardduty`,
    Types: ['TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce'],
    GeneratorId: `arn:aws:guardduty:${region}:${account}:detector/d`,
    Compliance: undefined,
  })
  const ids = async () => (await open()).map(text => text.split(':').at(-1)).sort()
  const named = () => ({ account })

  async function feedOf() {
    const { source } = await prisma().feed.findFirstOrThrow({ where: { accountId: account } })
    return source as 'guardduty'
  }

  test('resolves findings in the Regions of its records', async () => {
    await complete([threat('a'), threat('b'), threat('c', { region: 'eu-west-1' })], at(2))
    expect(await complete([threat('a')], at(3))).toMatchObject({ resolved: 1 })
    expect(await ids()).toEqual(['a', 'c'])
    expect(await absent()).toBeNull()
  })

  test('resolves findings in the Region that the sender names, and in no other', async () => {
    await complete([threat('a'), threat('c', { region: 'eu-west-1' })], at(2))
    const source = await feedOf()
    const run = await complete([threat('a')], at(3), { ...named(), source, region: 'eu-west-1' })
    expect(run).toMatchObject({ resolved: 1, heldBack: [] })
    expect(await ids()).toEqual(['a'])
  })

  test('resolves nothing without a record and without a Region', async () => {
    await complete([threat('a')], at(2))
    const source = await feedOf()
    for (const day of [3, 5])
      expect(await complete('[]', at(day), { ...named(), source })).toMatchObject({ resolved: 0 })
    expect(await ids()).toEqual(['a'])
  })

  test('without a record resolves findings in the named Region when a second report confirms it', async () => {
    await complete([threat('a'), threat('c', { region: 'eu-west-1' })], at(2))
    const source = await feedOf()
    const nothing = (day: number, hour: number) =>
      complete('[]', at(day, hour), { ...named(), source, region: 'us-east-1' })
    expect(await nothing(3, 0)).toMatchObject({ resolved: 0 })
    expect(await nothing(3, 11)).toMatchObject({ resolved: 0 })
    expect(await nothing(3, 12)).toMatchObject({ resolved: 1 })
    expect(await ids()).toEqual(['c'])
    await expectTrueCounts()
  })

  test('leaves a threat open that may only have expired, and reports that', async () => {
    await complete([threat('old'), threat('young', { updatedAt: at(20) })], at(21))
    const later = new Date(at(1).getTime() + 80 * 86_400_000 + 1)
    const run = await complete([threat('new', { updatedAt: later })], later)
    expect(run).toMatchObject({ resolved: 1 })
    expect(run.heldBack).toMatchObject([{ reason: 'expired', findings: 1 }])
    expect(await ids()).toEqual(['new', 'old'])
  })

  test('resolves a threat that is exactly 80 days old', async () => {
    await complete([threat('old')], at(2))
    const later = new Date(at(1).getTime() + 80 * 86_400_000)
    expect(await complete([threat('new', { updatedAt: later })], later)).toMatchObject({ resolved: 1, heldBack: [] })
  })

  test('resolves nothing immediately by a document of another account, even with account and Region', async () => {
    await complete([threat('a')], at(2))
    const source = await feedOf()
    const mine = account
    account = newAccount()
    const record = threat('b', { region: 'eu-west-1' })
    account = mine
    const run = await complete([record], at(3), { ...named(), source, region: 'us-east-1' })
    expect(run).toMatchObject({ resolved: 0 })
    expect(await ids()).toEqual(['a'])
  })

  test('resolves nothing in a partial report', async () => {
    await complete([threat('a'), threat('b')], at(2))
    expect(await partial([threat('a')], at(3), { region: 'us-east-1' })).toMatchObject({ resolved: 0, heldBack: [] })
  })
})

test('a credential report is whole', async () => {
  const head =
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'
  const row = (user: string, mfa: boolean) =>
    `${user},arn:aws:iam::${account}:user/${user},2026-01-01T00:00:00+00:00,true,2026-05-30T00:00:00+00:00,2026-05-01T00:00:00+00:00,N/A,${mfa},false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`
  await complete([head, row('ann', false), row('bob', false)].join('\n'), at(2))
  const before = await open()
  expect(before.length).toBeGreaterThan(1)
  const run = await complete([head, row('ann', true)].join('\n'), at(3))
  expect(run.heldBack).toEqual([])
  expect((await open()).filter(text => text.includes('bob'))).toEqual([])
})
