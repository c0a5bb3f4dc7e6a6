import { afterAll, beforeEach, expect, test } from 'vitest'
import { readFindingList } from '../../components/findings/list/finding-params'
import { standardLink } from '../../components/standard/standard-links'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { putControlTable, shippedControlTable } from '../../lib/domain/controls/table'
import { toFindingId } from '../../lib/domain/findings/filter'
import { StandardFilter } from '../../lib/domain/standard/filter'
import { standardRow } from '../../lib/domain/standard/rows'
import { defaultStandardPolicy, emptyStandardPage } from '../../lib/domain/standard/settings'
import { type StandardState, standardStates } from '../../lib/domain/standard/state'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { listFindings } from '../../lib/queries/findings/list'
import { listCheckResults } from '../../lib/queries/standard/check'
import { accountStandard, listStandard, standardSummary } from '../../lib/queries/standard/matrix'
import { getStandardPage, getStandardPolicy } from '../../lib/queries/standard/settings'
import { updateAccount } from '../../lib/store/accounts/accounts'
import { setStatus } from '../../lib/store/findings/triage'
import { saveStandardPage, saveStandardPolicy } from '../../lib/store/standard/policy'
import { ec2Settings } from '../support/ec2-settings'
import { iamReport } from '../support/iam-report'
import { accessFor } from '../support/organisation'
import { grantTo, people } from './support-exceptions'
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
  await complete(ec2Settings(account, REGION, observedAt, { ebsEncryption, denied }), observedAt)
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

test('a report of IAM without the root user and the settings of the account ends nothing', async () => {
  const collectIam = async (lines: readonly object[]) => {
    hour += 2
    const observedAt = at(2, hour)
    setClock(() => observedAt)
    await complete(iamReport(account, observedAt, lines), observedAt)
    await check()
  }
  const root = { account, region: 'global', arn: `arn:aws:iam::${account}:root`, observedAt: at(2).toISOString() }
  const data = { summary: { AccountMFAEnabled: 0, AccountPasswordPresent: 1 }, passwordPolicy: null, aliases: [] }
  await collectIam([{ inventory: 1, ...root, type: 'AWS::IAM::AccountSettings', name: account, data }])
  const where = { accountId: account, control: 'IAM.9' }
  expect(await prisma().finding.findMany({ where })).toMatchObject([{ status: 'new' }])
  await collectIam([])
  expect(await prisma().asset.count({ where: { accountId: account } })).toBe(0)
  expect(await prisma().finding.findMany({ where })).toMatchObject([{ status: 'new' }])
  const { cells } = await accountStandard(admin, account)
  const states = Object.fromEntries(cells.map(cell => [cell.check, cell.state]))
  expect(states).toMatchObject({ 'root-mfa': 'failed', 'root-no-keys': 'unexamined', 'password-policy': 'unexamined' })
  expect(cells.find(cell => cell.check === 'root-mfa')?.unexamined).toMatchObject([{ state: 'not_evaluated' }])
})

/** What a cell of the matrix says, and how many findings its link lists. */
async function cellAndList(id: string) {
  const { cells } = await accountStandard(admin, account)
  const cell = cells.find(({ check }) => check === id)
  if (!cell) throw new Error(id)
  const query = new URL(standardLink(account, cell) ?? '/', 'http://hinomi.test').searchParams
  const { filter } = await readFindingList(Promise.resolve(Object.fromEntries(query)))
  const { total } = await listFindings(admin, filter, { cursor: null, limit: 10 })
  return { state: cell.state, failed: cell.failed, excepted: cell.excepted, listed: total }
}

test('an approved exception shows as such, and the numbers are those of the lists behind them', async () => {
  await collect()
  await check()
  const other = { account, control: 'EC2.7', region: 'us-east-1', type: 'AwsAccount' }
  await complete([{ ...asff(other), Resources: [{ Type: 'AwsAccount', Id: `AWS::::Account:${account}` }] }], at(2, 23))
  const failing = await prisma().finding.findMany({ where: { accountId: account, control: 'EC2.7' } })
  const [first, second] = failing.map(({ id }) => toFindingId(account, id))
  if (!first || !second) throw new Error('two findings')
  expect(await cellAndList('ebs-encryption')).toEqual({ state: 'failed', failed: 2, excepted: 0, listed: 2 })
  const { member, csirtLead } = await people()
  setClock(() => at(3))
  await grantTo(member, csirtLead, first, {})
  expect(await cellAndList('ebs-encryption')).toEqual({ state: 'failed', failed: 1, excepted: 1, listed: 1 })
  await grantTo(member, csirtLead, second, { kind: 'false_positive' })
  expect(await cellAndList('ebs-encryption')).toEqual({ state: 'excepted', failed: 0, excepted: 2, listed: 2 })
  const summary = await standardSummary(admin)
  expect(summary.checks.get('ebs-encryption')).toMatchObject({ excepted: 1 })
  const filter = { ...all, account: [account], state: ['excepted' as const] }
  const { rows } = await listStandard(admin, filter, { cursor: null, limit: 10 })
  expect(rows[0]?.cells.map(({ check }) => check)).toEqual(['ebs-encryption'])
})

test('what somebody resolved by hand did not pass while it is reported', async () => {
  await collect()
  await check()
  const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: account, control: 'EC2.7' } })
  await setStatus(admin, {
    selection: { ids: [toFindingId(account, finding.id)] },
    status: 'resolved',
    reason: 'Fixed',
  })
  expect(await cellAndList('ebs-encryption')).toEqual({ state: 'failed', failed: 0, excepted: 0, listed: 1 })
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

/** Every account with the state of a check, read two at a time. */
async function resultsOf(id: string, access = admin, states: StandardState[] = []) {
  const row = standardRow(id)
  if (!row) throw new Error(id)
  const first = await listCheckResults(access, row, { states, cursor: null, limit: 2 })
  const rows = [...first.rows]
  for (let next = first.next; next; ) {
    const more = await listCheckResults(access, row, { states, cursor: next, limit: 2 })
    rows.push(...more.rows)
    next = more.next
  }
  return { ...first, rows }
}

test('the results of a check are those of the matrix, the failing accounts first', async () => {
  await collect()
  await check()
  for (const name of ['b', 'a']) {
    await prisma().account.create({ data: { id: newAccount(), name: `results ${name}`, origin: 'registered' } })
  }
  const { rows, totals, total } = await resultsOf('ebs-encryption')
  const whole = await listStandard(admin, { ...all, check: ['ebs-encryption'] }, { cursor: null, limit: 1000 })
  const cells = new Map(whole.rows.map(row => [row.account, row.cells]))
  expect(rows.map(row => [row.account, [row.cell]])).toEqual(rows.map(row => [row.account, cells.get(row.account)]))
  expect([rows.length, total]).toEqual([whole.rows.length, whole.rows.length])
  const places = rows.map(({ cell }) => standardStates.indexOf(cell.state))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(rows.filter(({ name }) => name.startsWith('results ')).map(({ name }) => name)).toEqual([
    'results a',
    'results b',
  ])
  const { checks } = await standardSummary(admin)
  expect(totals).toEqual(checks.get('ebs-encryption'))
  const failed = await resultsOf('ebs-encryption', admin, ['failed'])
  expect([failed.total, failed.totals]).toEqual([totals.failed, totals])
  expect(new Set(failed.rows.map(({ cell }) => cell.state))).toEqual(new Set(['failed']))
  const limited = await resultsOf('ebs-encryption', accessFor('viewer', { accounts: [account] }))
  expect(limited.rows.map(row => row.account)).toEqual([account])
  expect(limited.totals).toMatchObject({ failed: 1, passed: 0, unexamined: 0 })
})
