import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { log } from '../../lib/log'
import { LEFT_OUT, listTables, quoted } from '../../lib/store/backup/catalogue'
import { loadBackup } from '../../lib/store/backup/load-backup'
import { openBackup } from '../../lib/store/backup/read-backup'
import { restore } from '../../scripts/hinomi/restore'
import { migrate, withMigrationLock } from '../../scripts/launch/migrate.mjs'
import { migrationNames, migrationSql } from '../../scripts/launch/schema-engine.mjs'
import { jobAccess } from '../support/job'
import { ask, bareDatabase, switchDatabase } from './support-backup'

log.level = 'silent'

const FOLDER = 'tests/fixtures/baselines'
/** The migrations of 0.2.0, which no later version may change. Databases of users have applied them. */
const BASELINE_DIGEST = 'a4dfaa74a33ec8cbdaa29b904e921e29f83be9319a93c90317231512523502c0'

/** A restore enters itself into the audit log: not a row of the backup. */
const RESTORES = `SELECT id FROM audit_entry WHERE action = 'backup.restore'`
const OWN: Record<string, string> = {
  audit_entry: `id NOT IN (${RESTORES})`,
  chain_pending: `NOT (kind = 'audit' AND row_id IN (${RESTORES}))`,
}

/** What a column of 0.2.0 said, read from the columns of today. */
const AS_BEFORE: Record<string, Record<string, string>> = {
  sighting: {
    rating: `CASE WHEN facts ->> 'kind' = 'vulnerability'
      THEN jsonb_build_object('exploit', facts -> 'exploit', 'fix', facts -> 'fix', 'epss', facts -> 'epss') END`,
  },
  finding_merge: {
    finding: `finding - '{first_observed_at, terms, search_keys}'::text[]`,
    target: `target - '{first_observed_at, terms, search_keys}'::text[]`,
  },
}

const command = jobAccess('command')
const baselines = readdirSync(FOLDER).filter(name => name.endsWith('.backup'))

afterEach(() => vi.restoreAllMocks())
afterAll(closeDatabase)

/** The rows of each table, in these columns, without those that a restore writes itself. */
async function rowsOf(url: string, columnsOf?: Map<string, string[]>) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const rows = new Map<string, string[]>()
  const columns = new Map<string, string[]>()
  try {
    for (const table of await listTables(client)) {
      const { name } = table
      if (LEFT_OUT.some(each => each === name)) continue
      const wanted = columnsOf?.get(name) ?? table.columns.map(column => column.name)
      if (columnsOf && !columnsOf.has(name)) continue
      columns.set(name, wanted)
      const values = wanted.map(column => (columnsOf && AS_BEFORE[name]?.[column]) ?? quoted(column))
      const text = `SELECT row(${values.join(', ')})::text AS row FROM ${quoted(name)} WHERE ${OWN[name] ?? 'true'}`
      rows.set(name, (await client.query<{ row: string }>(text)).rows.map(each => each.row).sort())
    }
  } finally {
    await client.end()
  }
  return { rows, columns }
}

describe.each(baselines)('%s', baseline => {
  const path = join(FOLDER, baseline)

  test('is upgraded without loss', { timeout: 240_000 }, async () => {
    const output: string[] = []
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation(text => output.push(String(text)) > 0)
    const before = await switchDatabase(await bareDatabase())
    const opened = await openBackup(createReadStream(path))
    await withMigrationLock(before, ({ apply }) => apply(opened.header.migrations))
    await loadBackup(command, opened, { name: baseline })
    const then = await rowsOf(before)

    const after = await switchDatabase(await bareDatabase())
    const code = await restore(command, path, 'en')
    expect(code, output.join('')).toBe(0)
    const now = await rowsOf(after, then.columns)
    let found = 0
    for (const [table, rows] of then.rows) {
      const present = new Set(now.rows.get(table))
      const lost = rows.filter(row => !present.has(row))
      expect(lost.length, `${table}: ${lost[0]}`).toBe(0)
      found += rows.length
    }
    expect(found).toBeGreaterThan(1000)
    for (const table of ['finding', 'sighting', 'finding_event', 'exception', 'audit_entry', 'chain_link', 'member'])
      expect(then.rows.get(table)?.length, table).toBeGreaterThan(0)
    // Every finding with a stored description or tag is found by it, and every text is stored.
    const [texts] = await ask<{ findings: number; missing: number; unknown: number }>(
      after,
      `SELECT (SELECT count(*)::int FROM finding WHERE search_keys <> '{}') AS findings,
         count(*) FILTER (WHERE NOT search_key(t.kind, t.text) = ANY(f.search_keys))::int AS missing,
         count(*) FILTER (WHERE NOT EXISTS (SELECT FROM search_text x WHERE x.id = search_key(t.kind, t.text) AND x.text = t.text))::int AS unknown
       FROM finding f JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed'
       CROSS JOIN LATERAL search_texts(s.class, s.description, s.tags, coalesce(s.resource_id, f.resource_id), '') AS t
       WHERE t.kind <> 'tag-key'`,
    )
    expect(texts?.findings).toBeGreaterThan(50)
    expect([texts?.missing, texts?.unknown]).toEqual([0, 0])
  })
})

test('the migrations of 0.2.0 are as they were', () => {
  const digest = createHash('sha256')
  for (const name of migrationNames().filter(each => each <= '20261127700007_limits')) digest.update(migrationSql(name))
  expect(digest.digest('hex')).toBe(BASELINE_DIGEST)
})

test('a database from before 0.2.0 is refused with a sentence and not changed', async () => {
  const url = await bareDatabase()
  await ask(url, `CREATE TABLE account (id text); INSERT INTO account VALUES ('111111111111')`)
  await ask(
    url,
    `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz,
       migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(),
       applied_steps_count integer NOT NULL DEFAULT 0);
     INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('1', '', '20261123000000_foundation', now())`,
  )
  await expect(migrate(url)).rejects.toThrow(/before 0\.2\.0.*cannot be upgraded/)
  expect(await ask(url, 'SELECT * FROM account')).toEqual([{ id: '111111111111' }])
  expect(await ask(url, 'SELECT to_regclass($$finding$$) AS finding')).toEqual([{ finding: null }])
})
