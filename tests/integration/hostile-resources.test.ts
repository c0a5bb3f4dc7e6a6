import { afterAll, describe, expect, vi } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { KeyFilter } from '../../lib/domain/access-keys/filter'
import { collectorDefinition } from '../../lib/domain/collection/collectors'
import type { InventoryLine } from '../../lib/domain/collection/lines'
import { csvLine } from '../../lib/domain/imports/csv-text'
import type { Page } from '../../lib/domain/views'
import { EntranceFilter } from '../../lib/domain/waf/filter'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { log } from '../../lib/log'
import { getKey, listKeys } from '../../lib/queries/access-keys/keys'
import { keyReplacement } from '../../lib/queries/access-keys/replacement'
import { accountContacts } from '../../lib/queries/accounts/contacts'
import { getDelegation } from '../../lib/queries/collection/delegation'
import { listSources } from '../../lib/queries/feeds/sources'
import { accountStandard } from '../../lib/queries/standard/matrix'
import { getEntrance } from '../../lib/queries/waf/entrance'
import { listEntrances } from '../../lib/queries/waf/entrances'
import { getProtection } from '../../lib/queries/waf/protection'
import { applyOrganization } from '../../lib/store/collection/organization'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { hostileTexts } from '../support/hostile-records'
import { accessFor } from '../support/organisation'
import { expectConsistent } from './support-check'
import { connectOrganisation, isRead, runUntil } from './support-collection'
import { complete, job } from './support-ingest'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)

const admin = accessFor('admin')

/** Where people, and not AWS, decide what is written. */
const GIVEN = /name|description|comment|value|title|tag|path|domain|url|subject|contact|email/i

/** The same with a text in place of every text, or of those that people give. */
function withText(value: unknown, text: string, everywhere: boolean, key = ''): unknown {
  if (typeof value === 'string') return everywhere || GIVEN.test(key) ? text : value
  if (Array.isArray(value)) return value.map(each => withText(each, text, everywhere, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withText(v, text, everywhere, k)]))
}

type Stored = Omit<InventoryLine, 'inventory' | 'observedAt'> & { collector: string }

async function collected(): Promise<Map<string, Stored[]>> {
  const { rows } = await pool().query<Stored>(
    `SELECT collector, account_id AS account, region, type, arn, name, data FROM asset ORDER BY account_id, collector, id`,
  )
  const reports = new Map<string, Stored[]>()
  for (const row of rows) {
    const key = `${row.account} ${row.collector}`
    reports.set(key, [...(reports.get(key) ?? []), row])
  }
  return reports
}

/** What a round would read where people gave their resources such a text, and what follows from it. */
async function readWith(reports: ReadonlyMap<string, Stored[]>, text: string, everywhere: boolean): Promise<void> {
  for (const resources of reports.values()) {
    const [{ account, collector }] = resources as [Stored]
    const at = new Date()
    const lines = resources.map(({ collector: _, ...line }) => {
      const data = withText(line.data, text, everywhere)
      return { inventory: 1, ...line, name: text.slice(0, 1000), data, observedAt: at.toISOString() }
    })
    const header = { collection: 1, account, collector, startedAt: at.toISOString(), whole: true }
    const regions = collectorDefinition(collector)?.regional
      ? [...new Set(resources.map(({ region }) => region))]
      : ['global']
    const cells = regions.map(region => ({
      coverage: 1,
      account,
      region,
      collector,
      state: 'ok',
      complete: true,
      records: 0,
    }))
    const report = [header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join('')
    const { id, state } = await complete(report, at)
    expect({ collector, state }).toEqual({ collector, state: 'done' })
    expect(await prisma().importReject.count({ where: { importId: id } })).toBe(0)
  }
  await pool().query(`UPDATE check_run SET due_at = now() - interval '1 second'`)
  while (await runNextChecks());
  const open = await prisma().import.findMany({
    where: { state: { in: ['queued', 'running'] } },
    orderBy: { id: 'asc' },
  })
  for (const { id } of open) await attemptImport(id)
  expect(await prisma().import.count({ where: { state: { not: 'done' } } })).toBe(0)
}

/** All rows, page by page: a cursor holds names. */
async function pagesOf<R>(list: (page: { cursor: string | null; limit: number }) => Promise<Page<R>>): Promise<R[]> {
  const rows: R[] = []
  for (let cursor: string | null = null, more = true; more; ) {
    const page = await list({ cursor, limit: 2 })
    rows.push(...page.rows)
    cursor = page.next
    more = cursor !== null
  }
  return rows
}

async function look(accounts: readonly string[], management: string): Promise<void> {
  for (const account of accounts) {
    await accountContacts(admin, account)
    await accountStandard(admin, account)
  }
  for (const { account, id } of await pagesOf(page => listEntrances(admin, EntranceFilter.parse({}), page)))
    await getEntrance(admin, { account: account.id, id })
  for (const { account, id } of await pagesOf(page => listKeys(admin, KeyFilter.parse({}), page)))
    await keyReplacement(admin, await getKey(admin, account.id, id))
  await getProtection(admin)
  await getDelegation(admin, management)
  await listSources(admin)
}

describe('texts that people give resources', { timeout: 3 * START_MS }, () => {
  test('hold up no report, no check and no page', async ({ emulator }) => {
    const errors = vi.spyOn(log, 'error').mockImplementation(() => undefined)
    const { id, organisation } = await connectOrganisation(emulator)
    await runUntil(() => isRead(id))
    const reports = await collected()
    expect(reports.size).toBeGreaterThan(20)
    const texts = [...hostileTexts, '__proto__', 'constructor', `${'a'.repeat(200)}\u{1d400}`]
    let last = 0
    // First in place of every text, also of those that AWS decides: checks may refuse these.
    for (const everywhere of [true, false]) {
      last = (await prisma().import.findFirstOrThrow({ orderBy: { id: 'desc' } })).id
      for (const text of everywhere ? texts.slice(0, 3) : texts) {
        await readWith(reports, text, everywhere)
        if (!everywhere) await applyOrganization(job, { id, accountId: organisation.management })
        await look(organisation.accounts, organisation.management)
        const names = await prisma().account.findMany({ select: { name: true, unit: true } })
        for (const { name, unit } of names) expect(csvLine([name, unit])).not.toMatch(/(^|,)"?[=+@]/)
      }
    }
    expect(
      await prisma().importReject.findMany({ where: { importId: { gt: last } }, select: { code: true, params: true } }),
    ).toEqual([])
    // A check may say that it cannot evaluate such a resource, but the database refuses nothing.
    const refused = errors.mock.calls
      .flatMap(([given]) => errorOf(given))
      .filter(({ name }) => name !== 'MalformedResource')
    expect(refused).toEqual([])
    await expectConsistent()
  })
})

function errorOf(given: unknown): Error[] {
  const error = typeof given === 'object' && given !== null && 'err' in given ? given.err : given
  return [error instanceof Error ? error : new Error(String(error))]
}
