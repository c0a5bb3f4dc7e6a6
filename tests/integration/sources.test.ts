import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { everyFinding } from '../../lib/domain/findings/filter'
import { getSourceSettings, listSources } from '../../lib/queries/feeds/sources'
import { listFindings } from '../../lib/queries/findings/list'
import { recordOpening } from '../../lib/store/feeds/openings'
import { savePrice, saveUnopenedDays } from '../../lib/store/feeds/source-settings'
import { addCell } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { accessOf, addFinding, addMember } from '../support/people'
import { expectTrueCounts, job } from './support-ingest'

const admin = accessFor('admin')
const limited = accessFor('lead', { accounts: [ours] })
const day = (n: number) => new Date(Date.UTC(2026, 0, n))

beforeEach(async () => {
  await clear()
  await pool().query(`TRUNCATE coverage; DELETE FROM setting WHERE key = 'sources'`)
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
    await saveUnopenedDays(admin, { unopenedDays: 31 })
    expect(await advisor()).toMatchObject({ neglected: false })
  })
})

test('a price is what somebody entered, until it is emptied', async () => {
  expect(await advisor()).toMatchObject({ price: '' })
  await savePrice(admin, { source: 'trusted-advisor', price: 'USD 1,200 a month' })
  await savePrice(admin, { source: 'guardduty', price: 'USD 5' })
  expect(await advisor()).toMatchObject({ price: 'USD 1,200 a month' })
  const entry = await prisma().auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
  expect(entry).toMatchObject({ action: 'setting.sources', detail: { source: 'guardduty', price: 'USD 5' } })
  await savePrice(admin, { source: 'trusted-advisor', price: '' })
  expect((await getSourceSettings(admin)).prices).toEqual({ guardduty: 'USD 5' })
  await expect(savePrice(limited, { source: 'guardduty', price: '' })).rejects.toThrow()
})
