import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { paidServicesOfPage } from '../../lib/domain/collection/paid-services/paid-services'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { listSignals } from '../../lib/queries/feeds/signals'
import { loadAttention } from '../../lib/store/checks/attention'
import { requestAttention } from '../../lib/store/checks/requests'
import { recordOpening } from '../../lib/store/feeds/openings'
import { addAsset, addCell, addConnection } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { accessOf, addFinding, addMember } from '../support/people'
import { job } from './support-ingest'

const admin = accessFor('admin')
const now = new Date('2026-06-01T00:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

beforeEach(async () => {
  await clear()
  await pool().query(`TRUNCATE asset, coverage, check_run, check_state; DELETE FROM setting WHERE key = 'sources'`)
  await prisma().connection.deleteMany()
  setClock(() => now)
  for (const id of [ours, theirs]) await prisma().account.create({ data: { id, origin: 'registered' } })
})
afterEach(() => setClock())
afterAll(closeDatabase)

async function addFeed(accountId: string, source: string, product = source): Promise<void> {
  const feed = { accountId, source, product, firstAt: daysAgo(100), lastAt: daysAgo(0), lastImportId: 1 }
  await prisma().feed.create({ data: { ...feed, silentAfter: daysAgo(-9) } })
}

/** An open finding of a source that came some days ago. */
async function add(source: string, days: number, data: object = {}) {
  const at = daysAgo(days)
  const times = { firstObservedAt: at, openedAt: at, firstSeenAt: at }
  return addFinding(ours, { sources: [source], ...times, ...data })
}

/** What a source reports of an open finding. */
async function addSighting(id: string, data: object): Promise<void> {
  const texts = { title: '', description: '', remediationText: '', remediationUrl: '', resourceType: '' }
  const place = { importId: 1, rawOffset: 0n, rawLength: 0, contentHash: 1n, observedAt: now }
  const said = {
    source: '',
    product: 'x',
    control: 'S3.1',
    nativeId: id,
    class: 'posture',
    result: 'failed',
    severity: 4,
  }
  await prisma().sighting.create({ data: { accountId: ours, id, findingId: id, ...texts, ...place, ...said, ...data } })
}

const signalsOf = async (account = ours) => (await loadAttention(job, account, now)).signals

describe('what is counted in an account', () => {
  test('is only of sources that reported from it', async () => {
    expect(await signalsOf()).toEqual({})
    await addFeed(ours, 'guardduty')
    expect(await signalsOf()).toEqual({ 'threats-unread': { count: 0, of: 0, oldest: null } })
    expect(await signalsOf(theirs)).toEqual({})
  })

  test('are also findings that a hub delivers', async () => {
    await addFeed(ours, 'security-hub', 'GuardDuty')
    await add('security-hub', 8, { class: 'threat' })
    expect(await signalsOf()).toMatchObject({ 'threats-unread': { count: 1 } })
  })

  test('are recommendations after 30 days', async () => {
    await addFeed(ours, 'trusted-advisor')
    await add('trusted-advisor', 29)
    await add('trusted-advisor', 31)
    await add('trusted-advisor', 40, { status: 'resolved' })
    expect(await signalsOf()).toMatchObject({ 'advice-unchanged': { count: 1, of: 1, oldest: daysAgo(31) } })
  })

  test('are checks whose results are older than the last report by more than 7 days', async () => {
    await addFeed(ours, 'trusted-advisor', 'Trusted Advisor')
    const see = async (control: string, days: number, more: object = {}) => {
      const { id } = await add('trusted-advisor', 1)
      const said = { source: 'trusted-advisor', product: 'Trusted Advisor', nativeId: `${control}/${id}` }
      await addSighting(id, { ...said, control, recordUpdatedAt: daysAgo(days), ...more })
    }
    await see('a', 6)
    await see('b', 8)
    await see('b', 9)
    await see('c', 40, { present: false })
    // A recommendation says when it last changed, not when it was last looked at.
    await see('d', 40, { nativeId: 'arn:aws:trustedadvisor::1:recommendation/d' })
    expect(await signalsOf()).toMatchObject({ 'advice-stale': { count: 1, of: 2, oldest: daysAgo(9) } })
    // Where the source has not reported since, nothing is known of its checks.
    await pool().query(`UPDATE feed SET last_at = '2026-05-25T00:00:00Z'`)
    expect(await signalsOf()).toMatchObject({ 'advice-stale': { count: 0, of: 2, oldest: null } })
  })

  test('are threats that nobody acknowledged, severe ones after a day', async () => {
    await addFeed(ours, 'guardduty')
    await add('guardduty', 2, { severity: 4, class: 'threat' })
    await add('guardduty', 2, { severity: 3, class: 'threat' })
    await add('guardduty', 8, { severity: 3, class: 'threat' })
    await add('guardduty', 8, { severity: 2, class: 'threat' })
    await add('guardduty', 8, { severity: 5, class: 'threat', status: 'acknowledged' })
    expect(await signalsOf()).toMatchObject({ 'threats-unread': { count: 2 } })
  })

  test('are serious findings that stay new, among all of their age', async () => {
    await addFeed(ours, 'security-hub')
    await add('security-hub', 31)
    await add('security-hub', 31, { status: 'in_progress' })
    await add('security-hub', 29)
    await add('security-hub', 31, { severity: 3 })
    expect(await signalsOf()).toMatchObject({ 'criticals-unworked': { count: 1, of: 2 } })
  })

  test('are findings that were suppressed without a note', async () => {
    await addFeed(ours, 'security-hub')
    for (const note of ['', 'agreed with the owner']) {
      const { id } = await add('security-hub', 3, { status: 'suppressed' })
      const suppression = { by: '', at: null, note }
      await addSighting(id, { source: 'security-hub', result: 'suppressed', suppression })
    }
    expect(await signalsOf()).toMatchObject({ 'suppressed-unexplained': { count: 1, of: 2, oldest: daysAgo(3) } })
  })

  test('are vulnerabilities, access from outside and unused access', async () => {
    for (const source of ['inspector', 'access-analyzer']) await addFeed(ours, source)
    await add('inspector', 40, { class: 'vulnerability', severity: 5, fix: 'yes', overdue: true })
    await add('inspector', 40, { class: 'vulnerability', severity: 5, fix: 'no', overdue: true })
    await add('inspector', 40, { class: 'vulnerability', severity: 5, fix: 'yes' })
    await add('access-analyzer', 8, { control: 'access-analyzer/ExternalAccess' })
    await add('access-analyzer', 6, { control: 'access-analyzer/ExternalAccess' })
    await add('access-analyzer', 91, { control: 'access-analyzer/UnusedIAMRole' })
    await add('access-analyzer', 89, { control: 'access-analyzer/UnusedPermission' })
    const one = expect.objectContaining({ count: 1 })
    expect(await signalsOf()).toEqual({
      'fixes-overdue': one,
      'external-access-unread': one,
      'unused-access-kept': one,
    })
  })

  test('are cells that could not be read for two days', async () => {
    await addCell(ours, { region: 'eu-west-1', since: daysAgo(9) })
    await addCell(ours, { region: 'eu-west-2', state: 'denied', since: daysAgo(3) })
    await addCell(ours, { region: 'eu-west-3', state: 'failed', since: daysAgo(1) })
    await addCell(ours, { region: 'us-east-1', state: 'not_enabled', since: daysAgo(9) })
    expect(await signalsOf()).toEqual({ 'collector-silent': { count: 1, of: 4, oldest: daysAgo(3) } })
  })
})

describe('a source that nobody opens', () => {
  const sourcesOf = async (account: string) => (await loadAttention(job, account, now)).sources

  test('is reported by one account for all: that of the organization, or the first one', async () => {
    for (const id of [ours, theirs]) await addFeed(id, 'trusted-advisor')
    await add('trusted-advisor', 40, { severity: 5 })
    const advisor = {
      source: 'trusted-advisor',
      kind: 'source',
      accounts: 2,
      unread: 1,
      urgent: 1,
      firstAt: daysAgo(100),
      openedAt: null,
      isSubscription: false,
    }
    expect([await sourcesOf(ours), await sourcesOf(theirs)]).toEqual([[advisor], []])
    await addConnection([ours, theirs], { accountId: theirs })
    expect([await sourcesOf(ours), await sourcesOf(theirs)]).toEqual([[], [advisor]])
  })

  test('is counted for each organization by itself, and for accounts without one', async () => {
    const [other, alone] = ['333333333333', '444444444444']
    await prisma().account.createMany({ data: [other, alone].map(id => ({ id, name: id })) })
    for (const id of [ours, theirs, other, alone]) await addFeed(id, 'trusted-advisor')
    await add('trusted-advisor', 40, { severity: 5 })
    await addConnection([ours, theirs], { accountId: theirs })
    await addConnection([other], { accountId: other })
    const counted = async (account: string) =>
      (await sourcesOf(account)).map(({ accounts, unread, urgent }) => [accounts, unread, urgent])
    expect(await counted(theirs)).toEqual([[2, 1, 1]])
    expect(await counted(other)).toEqual([[1, 0, 0]])
    expect(await counted(alone)).toEqual([[1, 0, 0]])
    expect(await counted(ours)).toEqual([])
  })

  test('is a paid service as well: with a fixed fee even without findings', async () => {
    const seen = { firstSeenAt: daysAgo(90), changedAt: daysAgo(40) }
    for (const id of [ours, theirs])
      await addAsset(id, { type: 'AWS::Shield::Subscription', arn: `arn:${id}`, data: { state: 'ACTIVE' }, ...seen })
    await addAsset(ours, { type: 'AWS::KMS::Key', arn: 'arn:key', ...seen })
    await add('security-hub', 40, { control: 'KMS.4', severity: 4 })
    const service = { kind: 'service', openedAt: null, unread: 0, urgent: 0, isSubscription: false }
    const key = { ...service, source: 'kms', accounts: 1, unread: 1, urgent: 1, firstAt: daysAgo(90) }
    const shield = { ...service, source: 'shield', accounts: 2, firstAt: daysAgo(40), isSubscription: true }
    expect([await sourcesOf(ours), await sourcesOf(theirs)]).toEqual([[key, shield], []])
    await addConnection([ours, theirs], { accountId: theirs })
    expect([await sourcesOf(ours), await sourcesOf(theirs)]).toEqual([[], [key, shield]])
    await prisma().account.update({ where: { id: ours }, data: { closedAt: now } })
    expect(await sourcesOf(theirs)).toEqual([{ ...shield, accounts: 1 }])
  })

  const check = async () => {
    setClock(() => new Date(now.getTime() - 60_000))
    await requestAttention(job)
    setClock(() => now)
    while (await runNextChecks());
    for (const { id } of await prisma().import.findMany({ where: { state: 'queued' } })) await attemptImport(id)
    return prisma().finding.findMany({ where: { control: 'hinomi/source-unopened' } })
  }
  const signal = async () => (await listSignals(admin)).find(({ id }) => id === 'sourceUnopened')

  test('becomes a finding with an owner, and is resolved once somebody opens it', async () => {
    await addFeed(ours, 'trusted-advisor')
    await add('trusted-advisor', 1)
    const [found, ...others] = await check()
    expect(others).toEqual([])
    expect(found).toMatchObject({ status: 'new', resourceId: 'trusted-advisor', sources: ['hinomi'], team: 'sre' })
    expect(await signal()).toMatchObject({ open: 1, accounts: 1 })
    await recordOpening(accessOf(await addMember('member'), 'member'), ['trusted-advisor'])
    expect(await check()).toMatchObject([{ status: 'resolved' }])
    expect(await signal()).toMatchObject({ open: 0, accounts: 1 })
  })

  test('is reported for a subscription to which nobody looks, until somebody opens its page', async () => {
    await addFeed(ours, 'guardduty')
    const data = { state: 'ACTIVE' }
    await addAsset(ours, { type: 'AWS::Shield::Subscription', arn: 'arn:shield', data, changedAt: daysAgo(31) })
    expect(await check()).toMatchObject([{ status: 'new', resourceId: 'shield', team: 'sre' }])
    await recordOpening(accessOf(await addMember('member'), 'member'), paidServicesOfPage('/waf'))
    expect(await check()).toMatchObject([{ status: 'resolved' }])
  })
})

test('a signal whose check has several controls counts the findings of all', async () => {
  await addFinding(ours, { control: 'CloudWatch.15' })
  await addFinding(ours, { control: 'CloudWatch.17' })
  await addFinding(ours, { control: 'CloudWatch.17', status: 'resolved' })
  const idle = (await listSignals(admin)).find(({ id }) => id === 'alarmsIdle')
  expect(idle).toEqual({ id: 'alarmsIdle', controls: ['CloudWatch.15', 'CloudWatch.17'], open: 2, accounts: 0 })
})
