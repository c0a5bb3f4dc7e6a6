import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { CellFilter, CoverageFilter } from '../../lib/domain/collection/coverage'
import { NotFoundError } from '../../lib/errors'
import { startFullRound } from '../../lib/jobs/collection/ask'
import { listCells } from '../../lib/queries/collection/cells'
import { getConnection, listConnections } from '../../lib/queries/collection/connections'
import { accountCoverage, listCoverage } from '../../lib/queries/collection/coverage'
import * as connections from '../../lib/store/collection/connections'
import { retryCell } from '../../lib/store/collection/retry'
import { cancelRound } from '../../lib/store/collection/rounds'
import { claimTasks, keepTasks } from '../../lib/store/collection/tasks'
import { addCell, addConnection, addImport, setPaused } from '../support/connections'
import { jobAccess } from '../support/job'
import { accessFor, clear, ours, theirs } from '../support/organisation'

const admin = accessFor('admin')
const lead = accessFor('lead')
const limited = accessFor('lead', { accounts: [ours] })
const all = CoverageFilter.parse({})
const cells = (given: object = {}) => CellFilter.parse(given)

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE coverage')
  await prisma().connection.deleteMany()
  for (const id of [ours, theirs]) await addAccount(id, id === ours ? 'ours' : 'theirs')
})
afterAll(closeDatabase)

async function addAccount(id: string, name: string): Promise<void> {
  await prisma().account.create({ data: { id, name, origin: 'registered' } })
}

async function lastAudit() {
  return prisma().auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
}

describe('the coverage page', () => {
  test('shows the cells of each collector by state, with the age of the oldest', async () => {
    const readAt = new Date('2026-01-02T00:00:00Z')
    await addCell(ours, { region: 'eu-west-1' })
    await addCell(ours, { region: 'us-east-1', state: 'denied', action: 'guardduty:ListFindings', readAt })
    await addCell(ours, { region: 'global', collector: 'iam', readAt })
    const { rows, total } = await listCoverage(admin, all, null)
    expect(total).toBe(1)
    expect(rows[0]?.account).toEqual({ id: ours, name: 'ours' })
    expect(rows[0]?.cells.toSorted((a, b) => a.collector.localeCompare(b.collector))).toEqual([
      { collector: 'guardduty', states: { ok: 1, denied: 1 }, readAt: new Date('2026-01-01T00:00:00Z') },
      { collector: 'iam', states: { ok: 1 }, readAt },
    ])
  })

  test('has only accounts in scope, that are open, and that fit the states and the text', async () => {
    await addCell(ours, { state: 'denied' })
    await addCell(theirs)
    await addAccount('333333333333', 'closed')
    await prisma().account.update({ where: { id: '333333333333' }, data: { closedAt: new Date() } })
    await addCell('333333333333')
    const ids = async (...[access, given]: [typeof admin, object]) => {
      const { rows } = await listCoverage(access, CoverageFilter.parse(given), null)
      return rows.map(({ account }) => account.id)
    }
    expect(await ids(admin, {})).toEqual([ours, theirs])
    expect(await ids(limited, {})).toEqual([ours])
    expect(await ids(admin, { state: ['ok'] })).toEqual([theirs])
    expect(await ids(admin, { text: 'OUR' })).toEqual([ours])
    expect(await ids(limited, { text: 'theirs' })).toEqual([])
  })

  test('shows accounts that are being read before they have a cell', async () => {
    const id = await addConnection([ours])
    await retryCell(admin, { account: ours, collector: 'guardduty', region: 'eu-west-1' })
    const { rows } = await listCoverage(admin, all, null)
    expect(rows).toMatchObject([
      { account: { id: ours }, open: [{ collector: 'guardduty', region: 'eu-west-1', running: false }] },
    ])
    await pool().query(`UPDATE collection_task SET state = 'running'`)
    expect((await accountCoverage(admin, ours)).open).toMatchObject([{ running: true }])
    expect((await listCoverage(admin, CoverageFilter.parse({ state: ['ok'] }), null)).rows).toEqual([])
    expect((await getConnection(admin, { id })).rounds).toMatchObject([{ kind: 'single', tasks: 1, ended: 0 }])
  })

  test('walks all accounts in pages, each once', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `4${String(n).padStart(11, '0')}`)
    for (const [n, id] of ids.entries()) {
      await addAccount(id, n % 3 === 0 ? '' : `same ${n % 2}`)
      await addCell(id)
    }
    const first = await listCoverage(admin, all, null)
    const second = await listCoverage(admin, all, first.next)
    const seen = [...first.rows, ...second.rows].map(({ account }) => account.id)
    expect([first.rows.length, second.next]).toEqual([50, null])
    expect(seen.toSorted()).toEqual(ids)
  })

  test('of an account outside the scope is not found', async () => {
    await addCell(theirs)
    await expect(accountCoverage(limited, theirs)).rejects.toThrow(NotFoundError)
    await expect(accountCoverage(admin, '999999999999')).rejects.toThrow(NotFoundError)
    expect((await accountCoverage(admin, theirs)).cells).toHaveLength(1)
  })
})

describe('the list of cells', () => {
  test('walks all cells in pages, each once, and only those in scope', async () => {
    for (const account of [ours, theirs])
      for (const region of ['eu-west-1', 'us-east-1'])
        for (const collector of ['guardduty', 'inspector']) await addCell(account, { region, collector })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await listCells(admin, cells(), { cursor, limit: 3 })
      expect(page.total).toBe(8)
      seen.push(...page.rows.map(row => `${row.account} ${row.collector} ${row.region}`))
      cursor = page.next
    } while (cursor)
    expect(new Set(seen).size).toBe(8)
    expect(seen).toEqual(seen.toSorted())
    const mine = await listCells(limited, cells({ account: [theirs, ours] }), { cursor: null, limit: 50 })
    expect(new Set(mine.rows.map(({ account }) => account))).toEqual(new Set([ours]))
    const some = await listCells(admin, cells({ collector: ['inspector'] }), { cursor: null, limit: 50 })
    expect(some.total).toBe(4)
  })
})

describe('a connection', () => {
  const asked = {
    name: 'Everything',
    kind: 'organization',
    accountId: '555555555555',
    partition: 'aws',
    roleName: 'HinomiReadOnly',
  } as const

  test('is paused until somebody starts it, and its external id can be shown again', async () => {
    const { id } = await connections.addConnection(admin, asked)
    expect((await getConnection(admin, { id })).pausedAt).not.toBeNull()
    const externalId = await connections.externalIdOf(admin, id)
    expect(externalId).toMatch(/^[0-9a-f]{32}$/)
    const { action, target, detail } = await lastAudit()
    expect({ action, target }).toEqual({ action: 'connection.add', target: `connection:${id}` })
    expect(JSON.stringify(detail)).not.toContain(externalId)
    await expect(startFullRound(lead, { id })).rejects.toMatchObject({ reason: 'connectionPaused' })
    await setPaused(admin, id, false)
    expect(await startFullRound(lead, { id })).toEqual({ round: expect.any(Number) })
    expect((await lastAudit()).action).toBe('collection.start')
  })

  test('is not read any more while it is paused, and continues where it stopped', async () => {
    const id = await addConnection([ours])
    await retryCell(lead, { account: ours, collector: 'iam', region: 'global' })
    const claim = () => claimTasks(jobAccess('test'), randomUUID(), { limit: 10, perAccount: 4 })
    await setPaused(admin, id, true)
    expect(await claim()).toEqual([])
    await setPaused(admin, id, false)
    expect(await claim()).toMatchObject([{ accountId: ours, collector: 'iam' }])
  })

  test('keeps the tasks that it is told, and no others that the same worker claimed', async () => {
    await addConnection([ours, theirs])
    for (const account of [ours, theirs]) await retryCell(lead, { account, collector: 'iam', region: 'global' })
    const holder = randomUUID()
    const claimed = await claimTasks(jobAccess('test'), holder, { limit: 10, perAccount: 4 })
    await pool().query(`UPDATE collection_task SET alive_at = clock_timestamp() - interval '50 seconds'`)
    const [kept, left] = claimed
    if (!kept || !left) throw new Error('two tasks were asked for')
    expect(await keepTasks(jobAccess('test'), holder, [kept])).toMatchObject([{ accountId: kept.accountId }])
    const { rows } = await pool().query(
      `SELECT account_id FROM collection_task WHERE alive_at < clock_timestamp() - interval '40 seconds'`,
    )
    // Its run is gone: another one continues it once it counts as abandoned.
    expect(rows).toEqual([{ account_id: left.accountId }])
    expect(await keepTasks(jobAccess('test'), randomUUID(), [kept])).toEqual([])
  })

  test('counts no cell of an uploaded report, and none before its first round', async () => {
    const id = await addConnection([ours], { accountId: ours })
    const cells = async () => {
      const { ok, failing } = await getConnection(admin, { id })
      return { ok, failing }
    }
    await addCell(ours, { importId: await addImport('api') })
    await addCell(ours, { importId: await addImport('collector'), collector: 'iam', region: 'global' })
    expect(await cells()).toEqual({ ok: 0, failing: 0 })
    await startFullRound(lead, { id })
    expect(await cells()).toEqual({ ok: 1, failing: 0 })
  })

  test('reads an account once', async () => {
    await connections.addConnection(admin, asked)
    await expect(connections.addConnection(admin, asked)).rejects.toMatchObject({ field: 'accountId' })
  })

  test('has one full round at a time, also if two people begin at once', async () => {
    const id = await addConnection([ours])
    const begun = await Promise.allSettled([startFullRound(lead, { id }), startFullRound(admin, { id })])
    expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const round = (await getConnection(admin, { id })).rounds[0]?.id ?? 0
    await cancelRound(lead, { id: round })
    expect((await lastAudit()).action).toBe('collection.cancel')
    await expect(cancelRound(lead, { id: round })).rejects.toThrow(NotFoundError)
    expect(await startFullRound(lead, { id })).toEqual({ round: expect.any(Number) })
  })

  test('is for readers of every account', async () => {
    const id = await addConnection([ours])
    for (const refused of [
      () => listConnections(limited),
      () => getConnection(limited, { id }),
      () => startFullRound(limited, { id }),
      () => cancelRound(limited, { id: 1 }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('reading a cell again', () => {
  const cell = { account: ours, collector: 'guardduty', region: 'eu-west-1' } as const

  test('begins a round of one task; a collector without Regions is read as a whole', async () => {
    await addConnection([ours])
    await retryCell(limited, cell)
    await retryCell(limited, { account: ours, collector: 'iam', region: 'global' })
    const tasks = await prisma().collectionTask.findMany({ orderBy: { collector: 'asc' } })
    expect(tasks).toMatchObject([
      { accountId: ours, collector: 'guardduty', region: 'eu-west-1' },
      { accountId: ours, collector: 'iam', region: null },
    ])
  })

  test('is refused while it waits, without a connection, and outside the scope', async () => {
    await expect(retryCell(limited, cell)).rejects.toMatchObject({ reason: 'accountNotConnected' })
    await addConnection([ours, theirs])
    await expect(retryCell(limited, { ...cell, account: theirs })).rejects.toThrow(NotFoundError)
    await retryCell(limited, cell)
    await expect(retryCell(lead, cell)).rejects.toMatchObject({ reason: 'cellWaits' })
    await retryCell(lead, { ...cell, region: 'us-east-1' })
    expect(await prisma().collectionTask.count()).toBe(2)
  })
})
