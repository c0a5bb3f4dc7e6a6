import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import { inBand } from '../support/score-model'
import { asff, at, job, newAccount, ordersOfThree, receive } from './support-ingest'

afterAll(closeDatabase)

type Checks = Record<string, 'FAILED' | 'PASSED' | 'NOT_AVAILABLE'>

const severities: Record<string, string> = { 'S3.2': 'CRITICAL', 'IAM.3': 'MEDIUM', 'EC2.8': 'HIGH', 'KMS.4': 'LOW' }

/** Sends a complete report of a day of June on its 28th: what each control says of one resource, or of another that stands behind it. */
async function send(account: string, day: number, checks: Checks, product = 'Security Hub') {
  const records = Object.entries(checks).map(([name, status]) => {
    const [control = '', resource = control] = name.split(' ')
    return asff({
      account,
      control,
      status,
      product,
      severity: severities[control] ?? 'LOW',
      resource,
      updatedAt: null,
    })
  })
  const { id } = await receive(records, { observedAt: at(day), coverage: 'complete' })
  setClock(() => at(28))
  await runImport(job, id)
}

/** [day, score, blind share] of each day that there is a snapshot of, whole percents. */
async function scores(account: string) {
  const rows = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  return rows.map(({ day, score, blind }) => [
    day.getUTCDate(),
    score === null ? null : Math.round(score),
    blind === null ? null : Math.round(blind * 100),
  ])
}

test.each(ordersOfThree)('scores of past days do not depend on the order of reports: %s, %s, %s', async (...order) => {
  const account = newAccount()
  const reports: [number, Checks][] = [
    [4, { 'S3.2': 'FAILED', 'IAM.3': 'FAILED', 'EC2.8': 'PASSED' }],
    [7, { 'S3.2': 'PASSED', 'IAM.3': 'FAILED', 'EC2.8': 'PASSED' }],
    [10, { 'S3.2': 'PASSED', 'IAM.3': 'PASSED', 'EC2.8': 'FAILED' }],
  ]
  for (const index of order) await send(account, ...(reports[index] ?? [0, {}]))
  // Critical counts 40, high 15, medium 5.
  expect(await scores(account)).toEqual([
    [4, Math.round(inBand(40, 45)), 0],
    [7, Math.round(inBand(80, 5)), 0],
    [10, Math.round(inBand(60, 15)), 0],
  ])
})

test('of a past day counts the results of that day, even if they no longer exist', async () => {
  const account = newAccount()
  await send(account, 10, { 'S3.2': 'PASSED', 'KMS.4 other': 'PASSED' })
  await send(account, 9, { 'EC2.8': 'PASSED' }, 'Other')
  await send(account, 4, { 'S3.2': 'FAILED', 'KMS.4': 'FAILED' })
  await send(account, 6, { 'S3.2': 'PASSED', 'KMS.4 other': 'PASSED' })
  expect(await scores(account)).toEqual([
    // The other resource of KMS.4 passes today, as far as is known it did on that day.
    [4, Math.round(inBand(40, 40.5)), 0],
    [6, 100, 0],
    [9, 100, 0],
    [10, 100, 0],
  ])
})

test('findings under an exception count as failed until it was approved', async () => {
  const account = newAccount()
  await send(account, 10, { 'S3.2': 'FAILED', 'EC2.8': 'PASSED' })
  const { id } = await prisma().exception.create({
    data: {
      kind: 'accepted',
      state: 'approved',
      accountId: account,
      findingId: '00000000-0000-0000-0000-000000000000',
      condition: {},
      reason: '',
      expiresAt: at(30),
      requestedBy: '',
      requestedName: '',
      requestedAt: at(6),
      decidedAt: at(6),
    },
  })
  await prisma().finding.updateMany({ where: { accountId: account }, data: { status: 'accepted', exceptionId: id } })
  await send(account, 8, { 'S3.2': 'FAILED', 'EC2.8': 'PASSED' })
  await send(account, 4, { 'S3.2': 'FAILED', 'EC2.8': 'PASSED' })
  expect(await scores(account)).toEqual([
    [4, Math.round(inBand(40, 40)), 0],
    [8, 100, 0],
    [10, Math.round(inBand(40, 40)), 0],
  ])
})

test('a feed was not reporting on a past day long after its last report', async () => {
  const account = newAccount()
  await send(account, 24, { 'S3.2': 'PASSED' })
  await send(account, 2, { 'EC2.8': 'PASSED' }, 'Other')
  await send(account, 22, { 'S3.2': 'PASSED' })
  await send(account, 4, { 'S3.2': 'PASSED' })
  // 15 of 55: the other was last heard twenty days before.
  expect(await scores(account)).toEqual([
    [2, 100, 0],
    [4, 100, 0],
    [22, 100, Math.round(1500 / 55)],
    [24, 100, expect.any(Number)],
  ])
})

test.each(ordersOfThree)(
  'what passes since was open until then, in whichever order reports come: %s, %s, %s',
  async (...order) => {
    const account = newAccount()
    const reports: [number, Checks][] = [
      [4, { 'S3.2': 'FAILED', 'IAM.3': 'FAILED', 'EC2.8': 'PASSED', 'KMS.4': 'FAILED' }],
      [7, { 'S3.2': 'PASSED', 'IAM.3': 'FAILED', 'EC2.8': 'PASSED', 'KMS.4 other': 'PASSED' }],
      [10, { 'S3.2': 'PASSED', 'IAM.3': 'PASSED', 'EC2.8': 'PASSED', 'KMS.4': 'PASSED', 'KMS.4 other': 'PASSED' }],
    ]
    for (const index of order) await send(account, ...(reports[index] ?? [0, {}]))
    const findings = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
    expect(
      findings.map(each => [each.control, each.status, each.openedAt.getUTCDate(), each.resolvedAt?.getUTCDate()]),
    ).toEqual([
      ['IAM.3', 'resolved', 4, 10],
      ['KMS.4', 'resolved', 4, 7],
      ['S3.2', 'resolved', 4, 7],
    ])
    const sightings = await prisma().sighting.findMany({
      where: { accountId: account, control: { not: 'EC2.8' }, nativeId: { not: { endsWith: '/other' } } },
    })
    expect(sightings.map(sighting => sighting.description)).toEqual(Array(3).fill('What the control checks'))
    const days = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
    expect(days.map(each => [each.critical, each.medium, each.low, each.opened, each.closed])).toEqual([
      [1, 1, 1, 3, 0],
      [0, 1, 0, 0, 2],
      [0, 0, 0, 0, 1],
    ])
  },
)

test('an open finding stays open, whatever a late report of a day in between contains', async () => {
  const account = newAccount()
  await send(account, 10, { 'S3.2': 'FAILED' })
  await send(account, 4, { 'S3.2': 'FAILED' })
  const before = await prisma().finding.findMany({ where: { accountId: account } })
  await send(account, 7, { 'S3.2': 'PASSED' })
  expect(await prisma().finding.findMany({ where: { accountId: account } })).toEqual(before)
})

test('a late report without a result backdates nothing', async () => {
  const account = newAccount()
  await send(account, 4, { 'S3.2': 'FAILED', 'KMS.4': 'FAILED', 'EC2.8': 'PASSED' })
  await send(account, 10, { 'S3.2': 'PASSED', 'EC2.8': 'PASSED', 'KMS.4 other': 'PASSED' })
  await send(account, 7, { 'S3.2': 'NOT_AVAILABLE', 'EC2.8': 'PASSED', 'KMS.4 other': 'PASSED' })
  const findings = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  expect(findings.map(each => [each.control, each.resolvedAt?.getUTCDate()])).toEqual([
    ['KMS.4', 7],
    ['S3.2', 10],
  ])
})
