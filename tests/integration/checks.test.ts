import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import type { CheckDefinition } from '../../lib/domain/checks/check'
import { CheckLoop } from '../../lib/jobs/checks/loop'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { at, complete, expectTrueCounts, newAccount } from './support-ingest'

const HOUR = 3_600_000

let account = ''
beforeEach(async () => {
  account = newAccount()
  await prisma().checkRun.deleteMany({})
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

const check: CheckDefinition = {
  id: 'open-buckets',
  controls: ['hinomi/open-buckets'],
  severity: 'high',
  needs: ['ec2'],
  regional: true,
  *run({ resources }, region) {
    for (const { arn, data } of resources('AWS::EC2::SecurityGroup', region))
      yield {
        resource: { id: arn, type: 'AwsEc2SecurityGroup' },
        result: data.open === true ? 'failed' : 'passed',
        evidence: [{ name: 'open', value: data.open === true }],
      }
  },
}

/** Imports what the collector `ec2` would write, as of a time. */
async function collect(
  groups: Record<string, readonly (readonly [name: string, open: boolean])[]>,
  observedAt: Date,
  denied: readonly string[] = [],
) {
  const header = { collection: 1, account, collector: 'ec2', startedAt: observedAt.toISOString(), whole: true }
  const lines = Object.entries(groups).flatMap(([region, list]) =>
    list.map(([name, open]) => ({
      inventory: 1,
      account,
      region,
      type: 'AWS::EC2::SecurityGroup',
      arn: `arn:aws:ec2:${region}:${account}:security-group/${name}`,
      name,
      data: { open },
      observedAt: observedAt.toISOString(),
    })),
  )
  const cells = Object.keys(groups).map(region => {
    const state = denied.includes(region) ? 'denied' : 'ok'
    return { coverage: 1, account, region, collector: 'ec2', state, complete: state === 'ok', records: 0 }
  })
  await complete([header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join(''), observedAt)
}

/** Runs the checks that are due at a time, and what they queued. Returns the number of reports. */
async function checkAt(time: Date): Promise<number> {
  setClock(() => time)
  while (await runNextChecks([check]));
  const queued = await prisma().import.findMany({ where: { accountId: account, source: 'hinomi', state: 'queued' } })
  for (const { id } of queued) await attemptImport(id)
  return queued.length
}

async function statuses(): Promise<Record<string, string>> {
  const rows = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceName: 'asc' } })
  return Object.fromEntries(rows.map(row => [row.resourceName.replace(/^.*\//, ''), row.status]))
}

const later = (day: number, hours: number) => new Date(at(day).getTime() + hours * HOUR)

test('resources that a collector brought are checked, and findings follow them', async () => {
  await collect(
    {
      'eu-west-1': [
        ['sg-1', true],
        ['sg-2', false],
      ],
      'us-east-1': [['sg-3', true]],
    },
    at(1),
  )
  expect(await checkAt(at(1))).toBe(0)
  expect(await checkAt(later(1, 1.5))).toBe(1)
  expect(await statuses()).toEqual({ 'sg-1': 'new', 'sg-3': 'new' })
  expect(await prisma().checkState.findMany({ where: { accountId: account } })).toMatchObject([
    { check: 'open-buckets', regions: ['eu-west-1', 'us-east-1'], whole: true, unexamined: [], passed: 1, failed: 2 },
  ])

  // The group of one Region is gone; in the other nobody may look any more.
  await collect({ 'eu-west-1': [['sg-2', false]], 'us-east-1': [] }, later(1, 2), ['us-east-1'])
  expect(await checkAt(later(1, 3.5))).toBe(1)
  expect(await statuses()).toEqual({ 'sg-1': 'resolved', 'sg-3': 'new' })
  expect(await prisma().checkState.findMany({ where: { accountId: account } })).toMatchObject([
    {
      regions: ['eu-west-1'],
      whole: false,
      unexamined: [{ region: 'us-east-1', state: 'denied' }],
      passed: 1,
      failed: 0,
    },
  ])
  await expectTrueCounts()
})

test('the same results are reported once a day, and a changed one at once', async () => {
  const groups = { 'eu-west-1': [['sg-1', true]] } as const
  await collect(groups, at(1))
  expect(await checkAt(later(1, 1.5))).toBe(1)
  await collect(groups, later(1, 4))
  expect(await checkAt(later(1, 5.5))).toBe(0)
  await collect({ 'eu-west-1': [['sg-1', false]] }, later(1, 6))
  expect(await checkAt(later(1, 7.5))).toBe(1)
  expect(await statuses()).toEqual({ 'sg-1': 'resolved' })
  await collect({ 'eu-west-1': [['sg-1', false]] }, later(2, 6))
  expect(await checkAt(later(2, 7.5))).toBe(1)
})

test('the worker runs checks as soon as they are due, and forgets accounts that are gone', async () => {
  setClock(() => at(1))
  const gone = newAccount()
  await prisma().checkRun.createMany({
    data: [
      { accountId: gone, dueAt: at(1) },
      { accountId: account, dueAt: later(1, 1) },
    ],
  })
  const due = () => prisma().checkRun.findMany({ where: { dueAt: { not: null } }, select: { accountId: true } })
  const loop = new CheckLoop({ idleMs: 20 })
  loop.start()
  try {
    await expect.poll(due).toEqual([{ accountId: account }])
    setClock(() => later(1, 1))
    await expect.poll(due).toEqual([])
  } finally {
    await loop.stop()
  }
})

test('checks become due with every collector that one of them needs', async () => {
  const bring = async (collector: string, state: string) => {
    const header = { collection: 1, account, collector, startedAt: at(1).toISOString(), whole: true }
    const cell = { coverage: 1, account, region: 'global', collector, state, complete: false, records: 0 }
    await complete(`${JSON.stringify(header)}\n${JSON.stringify(cell)}\n`, at(1))
  }
  const due = () => prisma().checkRun.count({ where: { accountId: account, dueAt: { not: null } } })
  await bring('credential-report', 'denied')
  expect(await due()).toBe(0)
  await bring('trusted-advisor', 'no_plan')
  expect(await due()).toBe(1)
})
