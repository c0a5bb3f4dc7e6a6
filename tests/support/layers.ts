/**
 * The import table. The first row whose path matches a file names its layer; a file may always import its own layer. A path is a
 * folder or a module without its extension. '*' allows everything. docs/reference/imports.md is generated from this table.
 */
export const BASE = ['lib/errors', 'lib/env', 'lib/log', 'lib/clock', 'lib/outage'] as const
const DATABASE = ['lib/db', 'lib/generated'] as const
/** The definitions of sources, which are plain data: one in the folder of each source, their type and their list. */
const DEFINITIONS = 'lib/sources/definitions'
const DEFINITION = /^lib\/sources\/([a-z0-9-]+\/)?definitions?(\.ts)?$/
const PAGES = ['components', 'lib/domain', 'lib/access', 'lib/queries', 'lib/store', 'lib/locale', ...BASE] as const
export const TABLE: readonly (readonly [path: string, may: readonly string[]])[] = [
  ...BASE.map(path => [path, path === 'lib/outage' ? ['lib/errors'] : []] as const),
  ['lib/generated', []],
  ['lib/domain', ['lib/errors', DEFINITIONS]],
  [DEFINITIONS, []],
  ['lib/db', ['lib/env', 'lib/log', 'lib/generated']],
  ['lib/locale', ['lib/domain', 'lib/errors', 'messages']],
  ['lib/sql', ['lib/domain', 'lib/access/proof', ...DATABASE, ...BASE]],
  ['lib/access', ['lib/domain', 'lib/locale', ...DATABASE, ...BASE]],
  ['lib/sources', ['lib/domain']],
  ['lib/aws', ['lib/domain', ...BASE]],
  ['lib/store', ['lib/domain', 'lib/sql', 'lib/access', 'lib/locale', ...DATABASE, ...BASE]],
  ['lib/queries', ['lib/domain', 'lib/sql', 'lib/access', ...DATABASE, ...BASE]],
  ['lib/ingest', ['lib/domain', 'lib/sources', 'lib/store', 'lib/access', 'lib/db', ...BASE]],
  ['lib/jobs', ['lib/domain', 'lib/aws', 'lib/ingest', 'lib/store', 'lib/queries', 'lib/access', 'lib/db', ...BASE]],
  ['lib/action', ['lib/access', 'lib/domain', 'lib/locale', ...BASE]],
  ['lib/route', ['lib/access', 'lib/domain', 'lib/locale', ...BASE]],
  ['components/ui', ['lib/domain']],
  ['components/charts', ['components/ui', 'lib/domain']],
  ['components', ['lib/domain']],
  ['lib/health', ['lib/domain', ...BASE]],
  ['app/api/health', ['lib/health', 'lib/locale', 'lib/route']],
  ['app/api', ['lib/route', 'lib/ingest', 'lib/jobs', 'package.json', ...PAGES]],
  ['app/global-error', ['messages', 'app/globals.css', ...PAGES]],
  // Settings preview how an import would read a CSV. No other part of lib/ingest runs in a page.
  ['app', ['lib/action', 'lib/health', 'lib/jobs', 'lib/ingest/read/preview-csv', ...PAGES]],
  ['i18n', ['lib/access', 'lib/locale', ...BASE]],
  ['instrumentation-client', []],
  ['instrumentation', ['lib/access', 'lib/db', 'lib/health', 'lib/store']],
  ['proxy', ['lib/access', 'lib/domain', 'lib/health', 'lib/locale', 'lib/errors']],
  ['prisma/seed', ['*']],
  ['scripts/launch', []],
  ['scripts', ['*']],
  ['tests', ['*']],
  ['playwright.config', []],
  ['prisma.config', []],
  ['vitest.config', []],
]

/** Layers inside the folder of another layer, which may import them. */
export const WITHIN: Record<string, readonly string[]> = {
  components: ['components/ui', 'components/charts'],
  'lib/sources': [DEFINITIONS],
  'app/api': ['app'],
}

/** Modules of a server layer that browser code also imports: tables, schemas and paths. */
export const PURE = ['lib/access/permissions.ts', 'lib/access/member-input.ts', 'lib/access/paths.ts']

/** Layers whose files start with import 'server-only', except PURE. */
export const SERVER_ONLY = ['lib/health', 'lib/sql', 'lib/access', 'lib/aws', 'lib/store', 'lib/queries', 'lib/jobs']

/** Maximum lines of a file, maximum lines of a test file, and maximum number of files in a folder of lib. */
export const LONGEST = 300
export const LONGEST_TEST = 400
export const MOST_FILES = 12

function fits(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}.`)
}

/** The layer of a file: the first matching row of the table; null if there is none. */
export function layerOf(path: string): string | null {
  if (DEFINITION.test(path)) return DEFINITIONS
  return TABLE.find(([prefix]) => fits(path, prefix))?.[0] ?? null
}

/** Whether a file of a layer may import the file `target`. */
export function mayImport(layer: string, target: string): boolean {
  const own = layerOf(target)
  if (own === layer || (own !== null && WITHIN[layer]?.includes(own))) return true
  const may = TABLE.find(([prefix]) => prefix === layer)?.[1] ?? []
  return may.some(prefix => {
    if (prefix === '*' || prefix === own) return true
    // A row inside an allowed folder is part of that folder, as components/ui is of components.
    return fits(target, prefix)
  })
}
