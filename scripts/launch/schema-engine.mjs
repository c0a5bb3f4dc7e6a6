import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { fromRoot } from './paths.mjs'

const filters = { externalTables: [], externalEnums: [] }

/** The advisory lock of a migration script's transaction: any fixed number that no other program uses in this database. */
export const SCRIPT_LOCK = 4_866_647

const CHAR = 18
const TEXT = 25
const MARK = 'one letter: '

/** PrismaPg refuses the type "char" of the catalog. So such a column is declared as text and marked in its name. */
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

/** PrismaPg with the additions that the schema engine needs. */
class MigrationPg extends PrismaPg {
  /**
   * @param {pg.Pool} pool
   * @param {{ before: string, after: string }} script SQL that runs before and after each script
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
  // As a whole: PrismaPg would split the script at every semicolon, even inside the body of a trigger.
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

/** Loaded once per process and never freed: a timer of the engine outlives it and still uses its memory. */
async function loadEngine() {
  const resolve = createRequire(import.meta.url).resolve
  const file = join(resolve('@prisma/schema-engine-wasm'), '../schema_engine_bg.wasm')
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  const begin = /** @type {() => void} */ (instance.exports.__wbindgen_start)
  begin()
}

/**
 * Prisma's schema engine from its registry package: the usual binary is downloaded at run time and may be unavailable.
 * It maintains the official _prisma_migrations table, so `prisma migrate` works on the same database.
 * @param {string} url
 */
export async function openSchemaEngine(url) {
  loaded ??= loadEngine()
  await loaded
  const pool = new pg.Pool({ connectionString: url, Client: MarkingClient })
  // The current query reports the error too. Without a listener, the loss of an idle connection would end the process.
  pool.on('error', () => {})
  // In the script's own transaction: the lock shows whether a script of a killed launcher is still running.
  const script = { before: '', after: '' }
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationPg(pool, script))
  const engine = await bindings.SchemaEngine.new({ datamodels: [schemaFile()] }, () => {}, factory)
  return {
    /**
     * Applies the pending migrations of `names`; returns their names.
     * @param {string[]} interrupted migrations that started and did not end. Each script is one transaction, so it was rolled back.
     * @param {readonly string[]} [names] by default all migrations
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
     * The SQL that changes a schema to prisma/schema.prisma.
     * @param {'empty' | 'migrations'} from migrations: they are replayed in the database of the URL, which must be a temporary one
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
 * Whether one of these migrations is older than the oldest one of this version.
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
