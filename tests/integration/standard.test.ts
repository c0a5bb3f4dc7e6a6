import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { putControlTable, shippedControlTable } from '../../lib/domain/controls/table'
import { StandardFilter } from '../../lib/domain/standard/filter'
import { defaultStandardPolicy, emptyStandardPage } from '../../lib/domain/standard/settings'
import type { StandardState } from '../../lib/domain/standard/state'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { accountStandard, listStandard } from '../../lib/queries/standard/matrix'
import { getStandardPage, getStandardPolicy } from '../../lib/queries/standard/settings'
import { updateAccount } from '../../lib/store/accounts/accounts'
import { saveStandardPage, saveStandardPolicy } from '../../lib/store/standard/policy'
import { accessFor } from '../support/organisation'
import { asff, at, complete, newAccount, unratedControlTable } from './support-ingest'

const admin = accessFor('admin')
const REGION = 'eu-west-1'
const all = StandardFilter.parse({})

let account = ''
let hour = 0
beforeEach(async () => {
  putControlTable(shippedControlTable)
  account = newAccount()
  hour = 0
  await prisma().checkRun.deleteMany({})
  await prisma().setting.deleteMany({ where: { key: { startsWith: 'standard' } } })
})
afterAll(async () => {
  setClock()
  putControlTable(unratedControlTable)
  await closeDatabase()
})

/** Runs what is due two hours later: reports arrive an hour after they were made. */
async function check(): Promise<void> {
  hour += 2
  setClock(() => at(2, hour))
  while (await runNextChecks());
  const queued = await prisma().import.findMany({ where: { accountId: account, source: 'hinomi', state: 'queued' } })
  for (const { id } of queued) await attemptImport(id)
}

/** The defaults of Amazon EC2 in a Region as the collector writes them, or that they were denied. */
async function collect({ ebsEncryption = false, denied = false } = {}): Promise<void> {
  hour += 2
  const observedAt = at(2, hour)
  setClock(() => observedAt)
  const data = {
    ebsEncryption,
    snapshotBlock: 'unblocked',
    imageBlock: 'block-new-sharing',
    httpTokens: null,
    httpTokensEnforced: null,
  }
  const lines = [
    { collection: 1, account, collector: 'ec2', startedAt: observedAt.toISOString(), whole: true },
    ...(denied
      ? []
      : [
          {
            inventory: 1,
            account,
            region: REGION,
            type: 'AWS::EC2::AccountSettings',
            arn: `arn:aws:iam::${account}:root`,
            name: account,
            data,
            observedAt: observedAt.toISOString(),
          },
        ]),
    {
      coverage: 1,
      account,
      region: REGION,
      collector: 'ec2',
      state: denied ? 'denied' : 'ok',
      complete: !denied,
      records: 1,
      ...(denied && { action: 'ec2:GetEbsEncryptionByDefault' }),
    },
  ]
  await complete(lines.map(line => `${JSON.stringify(line)}\n`).join(''), observedAt)
}

async function stateOf(check: string): Promise<StandardState | undefined> {
  const { cells } = await accountStandard(admin, account)
  return cells.find(cell => cell.check === check)?.state
}

function findings() {
  return prisma().finding.findMany({
    where: { accountId: account, control: 'EC2.7' },
    select: { status: true, sources: true, severity: true },
  })
}

test('a check that is a control of Security Hub is one finding with it', async () => {
  await collect()
  await check()
  const record = asff({ account, control: 'EC2.7', region: REGION, type: 'AwsAccount' })
  await complete([{ ...record, Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}` }] }], at(2, 23))
  expect(await findings()).toEqual([{ status: 'new', sources: ['hinomi', 'security-hub'], severity: 3 }])
  expect(await stateOf('ebs-encryption')).toBe('failed')
})

test('what is repaired passes, and what is denied is not examined, with the action', async () => {
  await collect()
  await check()
  await collect({ ebsEncryption: true })
  await check()
  expect(await findings()).toMatchObject([{ status: 'resolved' }])
  expect(await stateOf('ebs-encryption')).toBe('passed')
  expect(await stateOf('public-snapshots')).toBe('failed')
  await collect({ denied: true })
  await check()
  const { cells } = await accountStandard(admin, account)
  expect(cells.find(cell => cell.check === 'ebs-encryption')).toMatchObject({
    state: 'unexamined',
    unexamined: [{ region: REGION, collector: 'ec2', state: 'denied', action: 'ec2:GetEbsEncryptionByDefault' }],
  })
  // A failure that was seen stays one.
  expect(await stateOf('public-snapshots')).toBe('failed')
})

test('an account that nothing has read is not examined', async () => {
  await prisma().account.create({ data: { id: account, name: 'new', origin: 'registered' } })
  const { cells, checkedAt } = await accountStandard(admin, account)
  expect(new Set(cells.map(({ state }) => state))).toEqual(new Set(['unexamined']))
  expect(checkedAt).toBeNull()
})

test('a control that only Security Hub reports counts as its pass', async () => {
  await complete(
    ['RDS.2', 'RDS.3'].map(control => asff({ account, control, status: 'PASSED', type: 'AwsRdsDbInstance' })),
    at(2),
  )
  expect(await stateOf('rds-private')).toBe('passed')
})

test('a check that is switched off in an environment ends its findings, and comes back', async () => {
  await collect()
  await check()
  const off = [{ check: 'ebs-encryption', environment: 'sandbox' as const, reason: 'No data in sandboxes' }]
  const { version } = await saveStandardPolicy(admin, { policy: { ...defaultStandardPolicy, off }, seen: null })
  expect(await prisma().auditEntry.findFirst({ orderBy: { id: 'desc' } })).toMatchObject({
    action: 'setting.standard',
    detail: { after: { off } },
  })
  await check()
  expect(await findings()).toMatchObject([{ status: 'new' }])
  await updateAccount(admin, { id: account, environment: 'sandbox' })
  await check()
  expect(await findings()).toMatchObject([{ status: 'resolved' }])
  const { rows } = await listStandard(
    admin,
    { ...all, account: [account], state: ['off'] },
    { cursor: null, limit: 10 },
  )
  expect(rows[0]?.cells).toMatchObject([{ check: 'ebs-encryption', state: 'off', reason: 'No data in sandboxes' }])
  await saveStandardPolicy(admin, { policy: defaultStandardPolicy, seen: version })
  await check()
  expect(await findings()).toMatchObject([{ status: 'new' }])
})

test('two people do not undo each other, and limited members change nothing', async () => {
  await saveStandardPolicy(admin, { policy: defaultStandardPolicy, seen: null })
  await expect(saveStandardPolicy(admin, { policy: defaultStandardPolicy, seen: null })).rejects.toMatchObject({
    code: 'conflict',
  })
  const limited = accessFor('lead', { accounts: [account] })
  await expect(saveStandardPage(limited, { page: emptyStandardPage, seen: null })).rejects.toMatchObject({
    code: 'forbidden',
  })
  const page = { ...emptyStandardPage, title: { ja: '標準', en: 'Standard' }, published: true }
  await saveStandardPage(admin, { page, seen: null })
  expect((await getStandardPage(admin)).value).toEqual(page)
  expect((await getStandardPolicy(admin)).changedBy).not.toBeNull()
})

test('accounts are listed by name, in pages, and only those in scope', async () => {
  const ids = [account, newAccount(), newAccount()]
  for (const [n, id] of ids.entries()) {
    await prisma().account.create({ data: { id, name: `pages ${n}`, origin: 'registered', environment: 'staging' } })
  }
  const wanted = { ...all, text: 'pages ', environment: ['staging' as const] }
  const first = await listStandard(admin, wanted, { cursor: null, limit: 2 })
  expect(first.rows.map(row => row.name)).toEqual(['pages 0', 'pages 1'])
  const second = await listStandard(admin, wanted, { cursor: first.next, limit: 2 })
  expect(second).toMatchObject({ rows: [{ name: 'pages 2' }], next: null })
  const limited = accessFor('viewer', { accounts: [account] })
  expect((await listStandard(limited, wanted, { cursor: null, limit: 9 })).rows.map(row => row.account)).toEqual([
    account,
  ])
})
