import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import type { Resource } from '../../lib/domain/waf/resource'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { checkWaf } from '../../lib/queries/check/collection/waf'
import { Differences } from '../../lib/queries/check/differences'
import { balancer, busy, coreGroup, distribution, logging, managed, resource, rule, webAcl } from '../support/waf'
import { at, complete, expectTrueCounts, newAccount } from './support-ingest'

const HOUR = 3_600_000

let account = ''
beforeEach(async () => {
  account = newAccount()
  await prisma().checkRun.deleteMany({})
})
const later = (day: number, hours: number) => new Date(at(day).getTime() + hours * HOUR)

afterAll(async () => {
  setClock()
  await closeDatabase()
})

const REGIONS = ['ap-northeast-1', 'us-east-1']

/** Imports what a collector would write, in all of its cells. */
async function collect(collector: string, resources: readonly Resource[], observedAt: Date): Promise<void> {
  const header = { collection: 1, account, collector, startedAt: observedAt.toISOString(), whole: true }
  const lines = resources.map(({ region, type, arn, name, data }) => {
    return { inventory: 1, account, region, type, arn, name, data, observedAt: observedAt.toISOString() }
  })
  const places = collector === 'waf-global' || collector === 'cloudfront' ? ['global'] : REGIONS
  const cells = places.map(region => ({
    coverage: 1,
    account,
    region,
    collector,
    state: 'ok',
    complete: true,
    records: 0,
  }))
  await complete([header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join(''), observedAt)
}

const edge = webAcl(
  { Rules: [managed()], scope: 'CLOUDFRONT', resources: [distribution().arn] },
  { region: 'global', name: 'edge', arn: 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/edge/1' },
)
const edgeLog = { ...logging({ ResourceArn: edge.arn }), region: 'global', arn: `${edge.arn}#CUSTOMER` }
const edgeGroup = { ...coreGroup(), region: 'global' }

async function collectAll(rules: object[], edgeParts: readonly Resource[], observedAt: Date): Promise<void> {
  await collect('entrances', [balancer()], observedAt)
  await collect('cloudfront', [distribution({ WebACLId: edge.arn })], observedAt)
  await collect('metrics', [busy()], observedAt)
  await collect('ec2', [], observedAt)
  await collect('waf', [webAcl({ Rules: rules }), coreGroup(), logging()], observedAt)
  await collect('waf-global', [edge, edgeGroup, ...edgeParts], observedAt)
}

async function checkAt(time: Date): Promise<void> {
  setClock(() => time)
  while (await runNextChecks());
  const queued = await prisma().import.findMany({ where: { accountId: account, source: 'hinomi', state: 'queued' } })
  for (const { id } of queued) await attemptImport(id)
}

/** Findings of web ACLs and entrances by control, as they are now. */
async function statuses(): Promise<Record<string, string>> {
  const rows = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  return Object.fromEntries(rows.map(({ control, status }) => [control, status]))
}

async function rungs() {
  const rows = await prisma().entrance.findMany({ where: { accountId: account }, orderBy: { kind: 'asc' } })
  return rows.map(({ kind, rung, step }) => [kind, rung, step])
}

test('what collectors read becomes findings and rungs, and both follow what changes', async () => {
  await collectAll([managed('Count')], [], at(1))
  await checkAt(later(1, 2))
  // Counting is no finding before two weeks have passed.
  expect(await statuses()).toEqual({ 'WAF.11': 'new' })
  expect(await rungs()).toEqual([
    ['alb', 'counting', 'set_group_action'],
    ['cloudfront', 'blocking', 'no-logging'],
  ])

  await collectAll([managed('Count')], [edgeLog], at(16))
  await checkAt(later(16, 2))
  // The web ACL for CloudFront writes logs now; the other one has counted since it was first read.
  expect(await statuses()).toEqual({ 'WAF.11': 'resolved', 'hinomi/waf-counting-only': 'new' })
  const counting = await prisma().sighting.findFirstOrThrow({
    where: { accountId: account, control: 'hinomi/waf-counting-only' },
  })
  expect(counting.facts).toMatchObject({
    items: [
      { name: 'wafRule', value: 'core' },
      { name: 'wafCountingRead', value: at(1).toISOString() },
    ],
  })

  await collectAll([managed()], [edgeLog], at(17))
  await checkAt(later(17, 2))
  expect(await statuses()).toEqual({ 'WAF.11': 'resolved', 'hinomi/waf-counting-only': 'resolved' })
  expect(await rungs()).toContainEqual(['alb', 'operated', 'keep'])
  await expectTrueCounts()
})

const stateOf = (check: string) =>
  prisma().checkState.findUniqueOrThrow({ where: { accountId_check: { accountId: account, check } } })

test('a malformed resource holds up no other check, and what was known of the WAF stays', async () => {
  await collectAll([managed('Count')], [], at(1))
  await checkAt(later(1, 2))
  const before = await rungs()

  await collect('waf', [webAcl({ Rules: [{ Name: 7 }] }), coreGroup(), logging()], at(2))
  await checkAt(later(2, 2))
  expect(await stateOf('waf-logging')).toMatchObject({
    readAt: later(2, 2),
    whole: false,
    unexamined: [{ region: 'global', collector: 'waf', state: 'not_evaluated', action: null }],
  })
  expect((await stateOf('alarms-idle')).readAt).toEqual(later(2, 2))
  expect(await statuses()).toMatchObject({ 'WAF.11': 'new' })
  expect(await rungs()).toEqual(before)
  // What cannot be judged again is no difference.
  const differences = new Differences()
  await checkWaf(differences)

  await collectAll([managed()], [edgeLog], at(3))
  await checkAt(later(3, 2))
  expect(await statuses()).toMatchObject({ 'WAF.11': 'resolved' })
  expect(await rungs()).toContainEqual(['alb', 'operated', 'keep'])
})

test('checks know since when a rule counts although the entrances cannot be judged', async () => {
  await collectAll([managed('Count')], [edgeLog], at(1))
  await checkAt(later(1, 2))
  await collectAll([managed('Count'), rule('other', 'Block')], [edgeLog], at(10))
  await checkAt(later(10, 2))
  expect(await statuses()).toEqual({})
  const malformed = resource({ type: 'AWS::CloudWatch::RequestMetrics', data: { kind: 'alb', of: 'shop' } })
  await collect('metrics', [busy(), malformed], at(16))
  await checkAt(later(16, 2))
  expect(await statuses()).toEqual({ 'hinomi/waf-rules-counting': 'new' })
})
