import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { CollectorId } from '../../lib/domain/collection/collectors'
import { paidServicesOfControls, paidServicesOfPage } from '../../lib/domain/collection/paid-services/paid-services'
import { everyFinding } from '../../lib/domain/findings/filter'
import { listDeliveries } from '../../lib/queries/events/delivery'
import { getSourceSettings, listSources } from '../../lib/queries/feeds/sources'
import { listFindings } from '../../lib/queries/findings/list'
import { getProtection } from '../../lib/queries/waf/protection'
import { recordOpening } from '../../lib/store/feeds/openings'
import { savePrice, saveUnopenedDays } from '../../lib/store/feeds/source-settings'
import { addAsset, addCell, addConnection } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { accessOf, addFinding, addMember } from '../support/people'
import { expectTrueCounts, job } from './support-ingest'

const admin = accessFor('admin')
const limited = accessFor('lead', { accounts: [ours] })
const day = (n: number) => new Date(Date.UTC(2026, 0, n))

beforeEach(async () => {
  await clear()
  await pool().query(`TRUNCATE coverage, asset; DELETE FROM setting WHERE key = 'sources'`)
  setClock(() => day(61))
  for (const id of [ours, theirs]) {
    await prisma().account.create({ data: { id, name: id === ours ? 'ours' : 'theirs', origin: 'registered' } })
    await addFeed(id)
  }
})
afterEach(() => setClock())
afterAll(closeDatabase)

async function addFeed(accountId: string, source = 'trusted-advisor', silentAfter = day(90)): Promise<void> {
  const feed = { accountId, source, product: source, firstAt: day(1), lastAt: day(60), lastImportId: 1 }
  await prisma().feed.create({ data: { ...feed, silentAfter } })
}

async function member() {
  return accessOf(await addMember('member', { name: 'Aiko' }), 'member')
}

const advisor = async (access = admin) => (await listSources(access)).find(({ id }) => id === 'trusted-advisor')

describe('a source', () => {
  test('shows what is open and unread in it, with as many rows as the lists that it links to', async () => {
    await addFinding(ours, { sources: ['trusted-advisor'], severity: 5, firstObservedAt: day(9) })
    await addFinding(ours, { sources: ['trusted-advisor', 'guardduty'], severity: 2, firstObservedAt: day(4) })
    await addFinding(theirs, {
      sources: ['trusted-advisor'],
      severity: 4,
      status: 'acknowledged',
      firstObservedAt: day(2),
    })
    await addFinding(theirs, { sources: ['trusted-advisor'], severity: 5, status: 'resolved', firstObservedAt: day(2) })
    const found = await advisor()
    expect(found).toMatchObject({ accounts: 2, silent: 0, open: 3, urgent: 2, unread: 2, oldestUnreadAt: day(4) })
    const list = async (filter: object) =>
      (
        await listFindings(
          admin,
          { ...everyFinding, source: ['trusted-advisor'], ...filter },
          { cursor: null, limit: 50 },
        )
      ).rows
    expect(await list({ status: ['new'] })).toHaveLength(found?.unread ?? -1)
    expect(await list({ severity: ['critical', 'high'] })).toHaveLength(found?.urgent ?? -1)
    expect((await listSources(admin)).find(({ id }) => id === 'guardduty')).toMatchObject({ accounts: 0, unread: 1 })
  })

  test('counts only open accounts in scope', async () => {
    await addFinding(ours, { sources: ['trusted-advisor'], firstObservedAt: day(9) })
    await addFinding(theirs, { sources: ['trusted-advisor'], firstObservedAt: day(2) })
    expect(await advisor()).toMatchObject({ accounts: 2, unread: 2, oldestUnreadAt: day(2) })
    expect(await advisor(limited)).toMatchObject({ accounts: 1, unread: 1, oldestUnreadAt: day(9) })
    await prisma().account.update({ where: { id: theirs }, data: { closedAt: day(3) } })
    expect(await advisor()).toMatchObject({ accounts: 1, unread: 1 })
  })

  test('follows every change of a finding', async () => {
    const { id } = await addFinding(ours, { sources: ['trusted-advisor'], severity: 5 })
    await pool().query(`UPDATE finding SET severity = 3 WHERE id = $1`, [id])
    expect(await advisor()).toMatchObject({ open: 1, urgent: 0, unread: 1 })
    await pool().query(`UPDATE finding SET status = 'in_progress' WHERE id = $1`, [id])
    expect(await advisor()).toMatchObject({ open: 1, unread: 0, oldestUnreadAt: null })
    await pool().query(`UPDATE finding SET sources = '{guardduty}' WHERE id = $1`, [id])
    expect(await advisor()).toMatchObject({ open: 0 })
    await expectTrueCounts()
    await pool().query(`DELETE FROM finding WHERE id = $1`, [id])
    await expectTrueCounts()
  })

  test('says where it stopped reporting and where it cannot be read', async () => {
    await pool().query(`UPDATE feed SET silent_after = $1 WHERE account_id = $2`, [day(30), theirs])
    await addCell(ours, { collector: 'trusted-advisor', region: 'global', state: 'no_plan' })
    await addCell(ours, { collector: 'guardduty', region: 'eu-west-1', state: 'denied' })
    await addCell(ours, { collector: 'guardduty', region: 'us-east-1', state: 'ok' })
    expect(await advisor()).toMatchObject({ silent: 1, cells: { no_plan: 1 } })
    expect((await listSources(admin)).find(({ id }) => id === 'guardduty')).toMatchObject({
      accounts: 0,
      lastAt: null,
      cells: { ok: 1 },
    })
  })
})

describe('a paid service', () => {
  const service = async (id: string, access = admin) => (await listSources(access)).find(row => row.id === id)

  test('has a row once it was read: in use, last read, last opened', async () => {
    expect(await service('waf')).toBeUndefined()
    await addCell(ours, { collector: 'waf', region: 'eu-west-1', state: 'ok', readAt: day(58) })
    await addCell(ours, { collector: 'waf-global', region: 'global', state: 'denied', readAt: day(60) })
    await addCell(theirs, { collector: 'waf', region: 'eu-west-1', state: 'ok', readAt: day(59) })
    await addCell(theirs, { collector: 'protection', region: 'global', state: 'ok', readAt: day(59) })
    expect(await service('waf')).toMatchObject({ kind: 'service', accounts: 2, usedIn: 0, cells: { ok: 2 } })
    const arn = `arn:aws:wafv2:eu-west-1:${ours}:regional/webacl/a/1`
    await addAsset(ours, { type: 'AWS::WAFv2::WebACL', arn, collector: 'waf' })
    await addAsset(theirs, { type: 'AWS::Shield::Subscription', arn: 'arn:shield', data: { state: 'INACTIVE' } })
    await recordOpening(await member(), ['waf', 'no-such-service'])
    expect(await service('waf')).toMatchObject({ usedIn: 1, readAt: day(59), openedAt: day(61), openedBy: 'Aiko' })
    expect(await service('waf', limited)).toMatchObject({ accounts: 1, usedIn: 1, readAt: day(58) })
    expect(await service('shield')).toMatchObject({ accounts: 1, usedIn: 0, list: null })
    expect(await service('shield', limited)).toBeUndefined()
    await pool().query(`UPDATE asset SET data = '{"state":"ACTIVE"}' WHERE type = 'AWS::Shield::Subscription'`)
    expect(await service('shield')).toMatchObject({ usedIn: 1, neglected: true })
    await addAsset(theirs, { type: 'AWS::Shield::Protection', arn: 'arn:protection' })
    expect(await getProtection(admin)).toEqual({ subscribed: 1, protectedResources: 1, policies: 0 })
    expect(await getProtection(limited)).toBeNull()
  })

  test('counts the findings of its checks, as its list does, and is neglected where nobody opens them', async () => {
    await addCell(ours, { collector: 'waf', region: 'eu-west-1', state: 'ok' })
    await addAsset(ours, { type: 'AWS::WAFv2::WebACL', arn: 'arn:acl' })
    await addFinding(ours, {
      sources: ['hinomi'],
      control: 'hinomi/waf-capacity',
      severity: 2,
      firstObservedAt: day(9),
    })
    await addFinding(theirs, { sources: ['security-hub'], control: 'WAF.10', severity: 4, firstObservedAt: day(8) })
    await addFinding(ours, { sources: ['hinomi'], control: 'hinomi/other-contacts' })
    const found = await service('waf')
    expect(found).toMatchObject({ open: 2, unread: 2, urgent: 1, oldestUnreadAt: day(8), neglected: true })
    const filter = { ...everyFinding, ...found?.list, status: ['new' as const] }
    expect((await listFindings(admin, filter, { cursor: null, limit: 50 })).rows).toHaveLength(2)
    expect(await service('waf', limited)).toMatchObject({ open: 1, urgent: 0 })
  })

  test('with a fixed fee is neglected where nobody opens it, from when it was in use', async () => {
    await addCell(ours, { collector: 'protection', region: 'global', state: 'ok' })
    const seen = { firstSeenAt: day(1), changedAt: day(40) }
    await addAsset(ours, { type: 'AWS::Shield::Subscription', arn: 'arn:shield', data: { state: 'INACTIVE' }, ...seen })
    expect(await service('shield')).toMatchObject({ usedIn: 0, neglected: false })
    // Subscribed to on day 40, though its row is older.
    await pool().query(`UPDATE asset SET data = '{"state":"ACTIVE"}'`)
    setClock(() => day(69))
    expect(await service('shield')).toMatchObject({ firstAt: day(40), unread: 0, neglected: false })
    setClock(() => day(70))
    expect(await service('shield')).toMatchObject({ neglected: true, openedAt: null })
    await recordOpening(await member(), paidServicesOfPage('/waf'))
    expect(await service('shield')).toMatchObject({ neglected: false, openedAt: day(70) })
    // Nothing is paid for any more.
    setClock(() => day(200))
    expect(await service('shield')).toMatchObject({ neglected: true })
    await pool().query(`UPDATE asset SET data = '{"state":"INACTIVE"}'`)
    expect(await service('shield')).toMatchObject({ neglected: false })
  })

  test.each<[id: string, collector: CollectorId, type: string, control: string]>([
    ['cloudtrail', 'cloudtrail', 'AWS::CloudTrail::Trail', 'CloudTrail.2'],
    ['cloudwatch', 'metrics', 'AWS::CloudWatch::Alarm', 'CloudWatch.15'],
    ['kms', 'kms', 'AWS::KMS::Key', 'KMS.4'],
    ['backup', 'backup', 'AWS::Backup::BackupPlan', 'Backup.1'],
  ])('%s is one: it has findings, and is opened with one of them', async (id, collector, type, control) => {
    await addCell(ours, { collector, region: 'eu-west-1', state: 'ok' })
    await addAsset(ours, { type, arn: 'arn:resource', firstSeenAt: day(9) })
    expect(await service(id)).toMatchObject({ usedIn: 1, unread: 0, neglected: false })
    await addFinding(ours, { sources: ['security-hub'], control, firstObservedAt: day(9) })
    expect(await service(id)).toMatchObject({ usedIn: 1, unread: 1, neglected: true })
    await recordOpening(await member(), paidServicesOfControls([control]))
    expect(await service(id)).toMatchObject({ unread: 1, neglected: false, openedBy: 'Aiko' })
  })

  test('shows when a collector last read a source that reports nothing', async () => {
    await addCell(ours, { collector: 'macie', region: 'eu-west-1', state: 'ok', readAt: day(57) })
    expect(await service('macie')).toMatchObject({ kind: 'source', accounts: 0, lastAt: null, readAt: day(57) })
  })
})

test('each way of events that went quiet is told, to readers of all accounts', async () => {
  await prisma().connection.deleteMany()
  const id = await addConnection([], { name: 'Example' })
  const by = { connectionId: id, createdAt: day(1) }
  await prisma().eventQueue.create({ data: { ...by, arn: 'arn:aws:sqs:eu-west-1:1:q' } })
  await prisma().eventKey.create({ data: { ...by, prefix: 'hek_', keyHash: 'x' } })
  const feed = { connectionId: id, feed: 'guardduty', events: 1 }
  await prisma().eventFeed.create({ data: { ...feed, way: 'queue', lastEventAt: day(50) } })
  await prisma().eventFeed.create({ data: { ...feed, way: 'http', lastEventAt: day(60) } })
  expect(await listDeliveries(admin)).toEqual([
    { connection: id, name: 'Example', way: 'queue', lastEventAt: day(50), silent: true },
    { connection: id, name: 'Example', way: 'http', lastEventAt: day(60), silent: false },
  ])
  expect(await listDeliveries(limited)).toEqual([])
  await prisma().connection.update({ where: { id }, data: { pausedAt: day(60) } })
  expect(await listDeliveries(admin)).toEqual([])
  await prisma().connection.deleteMany()
})

describe('an opening', () => {
  test('is recorded for people only, once for each source and hour', async () => {
    const aiko = await member()
    await recordOpening(aiko, ['trusted-advisor', 'no-such-source'])
    const { rows: before } = await pool().query('SELECT xmin::text, * FROM source_opening')
    setClock(() => new Date(day(61).getTime() + 59 * 60_000))
    await recordOpening(aiko, ['trusted-advisor'])
    expect((await pool().query('SELECT xmin::text, * FROM source_opening')).rows).toEqual(before)
    expect(before).toHaveLength(1)
    setClock(() => new Date(day(61).getTime() + 61 * 60_000))
    await recordOpening(aiko, ['trusted-advisor'])
    expect((await advisor())?.openedAt).toEqual(new Date(day(61).getTime() + 61 * 60_000))
    expect((await advisor())?.openedBy).toBe('Aiko')
    await recordOpening(job, ['guardduty'])
    expect((await pool().query('SELECT FROM source_opening')).rows).toHaveLength(1)
  })

  test('ends the neglect of a source with unread findings', async () => {
    expect(await advisor()).toMatchObject({ neglected: false })
    await addFinding(ours, { sources: ['trusted-advisor'] })
    expect(await advisor()).toMatchObject({ neglected: true, openedAt: null })
    setClock(() => day(40))
    await recordOpening(await member(), ['trusted-advisor'])
    expect(await advisor()).toMatchObject({ neglected: false })
    setClock(() => day(69))
    expect(await advisor()).toMatchObject({ neglected: false })
    setClock(() => day(70))
    expect(await advisor()).toMatchObject({ neglected: true })
    await saveUnopenedDays(admin, { unopenedDays: 31, seen: 30 })
    expect(await advisor()).toMatchObject({ neglected: false })
  })
})

test('a price is what somebody entered, until it is emptied', async () => {
  expect(await advisor()).toMatchObject({ price: '' })
  await savePrice(admin, { source: 'trusted-advisor', price: 'USD 1,200 a month', seen: '' })
  await savePrice(admin, { source: 'guardduty', price: 'USD 5', seen: '' })
  expect(await advisor()).toMatchObject({ price: 'USD 1,200 a month' })
  const entry = await prisma().auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
  expect(entry).toMatchObject({ action: 'setting.sources', detail: { source: 'guardduty', price: 'USD 5' } })
  await savePrice(admin, { source: 'trusted-advisor', price: '', seen: 'USD 1,200 a month' })
  expect((await getSourceSettings(admin)).prices).toEqual({ guardduty: 'USD 5' })
  await expect(savePrice(limited, { source: 'guardduty', price: '', seen: 'USD 5' })).rejects.toThrow()
})

test('a price of an unknown source is refused: too many would make the settings unreadable', async () => {
  for (const source of ['unheard-of', 'constructor'])
    await expect(savePrice(admin, { source, price: 'USD 1', seen: '' })).rejects.toMatchObject({ code: 'invalid' })
  await savePrice(admin, { source: 'waf', price: 'USD 5', seen: '' })
})
