import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { fromRoot } from './paths.mjs'

const filters = { externalTables: [], externalEnums: [] }

/** Held by the transaction of a migration's script: any fixed number that no other program uses in this database. */
export const SCRIPT_LOCK = 4_866_647

const CHAR = 18
const TEXT = 25
const MARK = 'one letter: '

/** PrismaPg does not know the catalogue's one-letter type and refuses it; so it passes as text, marked in the column's name. */
class MarkingClient extends pg.Client {
  /** @override @param {...any} args */
  query(...args) {
    const callback = args.at(-1)
    if (typeof callback !== 'function') return Reflect.apply(super.query, this, args).then(markLetters)
    args[args.length - 1] = (/** @type {Error} */ error, /** @type {pg.QueryResult} */ result) =>
      callback(error, markLetters(result))
    return Reflect.apply(super.query, this, args)
  }
}

/** @param {pg.QueryResult | undefined} result */
function markLetters(result) {
  for (const field of result?.fields ?? []) {
    if (field.dataTypeID !== CHAR) continue
    field.dataTypeID = TEXT
    field.name = MARK + field.name
  }
  return result
}

/** PrismaPg with what the schema engine needs beyond it. */
class MigrationPg extends PrismaPg {
  /**
   * @param {pg.Pool} pool
   * @param {{ before: string, after: string }} script what runs around a script
   */
  constructor(pool, script) {
    super(pool)
    this.script = script
  }

  /** @override */
  async connect() {
    return completed(await super.connect(), this.script)
  }

  /** @override */
  async connectToShadowDb() {
    return completed(await super.connectToShadowDb(), this.script)
  }
}

/**
 * @template {import('@prisma/driver-adapter-utils').SqlDriverAdapter} Adapter
 * @param {Adapter} adapter
 * @param {{ before: string, after: string }} around
 */
function completed(adapter, around) {
  // In one piece: PrismaPg would cut the script at every semicolon, also inside the body of a trigger.
  adapter.executeScript = async script => {
    const sql = around.before ? `${around.before}\n${script}\n;${around.after}` : script
    await adapter.executeRaw({ sql, args: [], argTypes: [] })
  }
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async query => {
    const result = await queryRaw(query)
    result.columnNames.forEach((name, index) => {
      if (!name.startsWith(MARK)) return
      result.columnNames[index] = name.slice(MARK.length)
      result.columnTypes[index] = ColumnTypeEnum.Character
    })
    return result
  }
  return adapter
}

/** @type {Promise<void> | undefined} */
let loaded

/** Once in a process: an engine that was freed leaves a timer behind, which must find the memory that it knows. */
async function loadEngine() {
  const resolve = createRequire(import.meta.url).resolve
  const file = join(resolve('@prisma/schema-engine-wasm'), '../schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  const begin = /** @type {() => void} */ (instance.exports.__wbindgen_start)
  begin()
}

/**
 * Prisma's own schema engine, from the registry package: the usual binary is downloaded at run time and may be out of
 * reach. It keeps the official _prisma_migrations table, so `prisma migrate` works on the same database.
 * @param {string} url
 */
export async function openSchemaEngine(url) {
  loaded ??= loadEngine()
  await loaded
  const pool = new pg.Pool({ connectionString: url, Client: MarkingClient })
  // The query that runs reports it as well; without a listener the loss of an idle connection would end the process.
  pool.on('error', () => {})
  // In the script's own transaction: one that a killed launcher left at work ends with it, and is known to have ended.
  const script = { before: '', after: '' }
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationPg(pool, script))
  const engine = await bindings.SchemaEngine.new({ datamodels: [schemaFile()] }, () => {}, factory)
  return {
    /**
     * Applies those of `names` that the database lacks; returns their names.
     * @param {string[]} interrupted migrations that began and did not end. A script is one transaction, so that nothing of it stayed.
     * @param {readonly string[]} [names] all migrations where it is left out
     */
    async apply(interrupted, names) {
      script.before = `SELECT pg_advisory_xact_lock(${SCRIPT_LOCK});`
      script.after =
        'UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;'
      for (const migrationName of interrupted) await engine.markMigrationRolledBack({ migrationName })
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrationsList(names), filters })
      return appliedMigrationNames
    },
    /**
     * The SQL that leads from a state to prisma/schema.prisma.
     * @param {'empty' | 'migrations'} from migrations: replayed in the database of the url, which must be a scratch one
     */
    async diff(from) {
      const [path, content] = schemaFile()
      const { stdout } = await engine.diff({
        from: from === 'empty' ? { tag: 'empty' } : { tag: 'migrations', ...migrationsList() },
        to: { tag: 'schemaDatamodel', files: [{ path, content }] },
        script: true,
        exitCode: null,
        filters,
      })
      return stdout ?? ''
    },
    async close() {
      engine.free()
      await pool.end()
    },
  }
}

/** The folders of prisma/migrations, oldest first. */
export function migrationNames() {
  return readdirSync(fromRoot('prisma/migrations'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

/**
 * Whether one of these migrations is older than the oldest of today.
 * @param {readonly string[]} names
 */
export function isBeforeBaseline(names) {
  const [first = ''] = migrationNames()
  return names.some(name => name < first)
}

/** @param {string} name */
export function migrationSql(name) {
  return readFileSync(fromRoot('prisma/migrations', name, 'migration.sql'), 'utf8')
}

/**
 * @param {readonly string[]} names
 * @returns {import('@prisma/schema-engine-wasm').MigrationList}
 */
function migrationsList(names = migrationNames()) {
  const lock = 'migration_lock.toml'
  return {
    baseDir: fromRoot('prisma/migrations'),
    lockfile: { path: lock, content: readFileSync(fromRoot('prisma/migrations', lock), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: names.map(path => ({
      path,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: migrationSql(path) } },
    })),
  }
}

/** @returns {[string, string]} */
function schemaFile() {
  const path = fromRoot('prisma/schema.prisma')
  return [path, readFileSync(path, 'utf8')]
}
