import { readdirSync } from 'node:fs'
import { posix, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromRoot, root } from '../../scripts/launch/paths.mjs'
import { LONGEST, LONGEST_TEST, layerOf, MOST_FILES, mayImport, PURE, SERVER_ONLY, TABLE } from '../support/layers'
import { isNode, literal, type Node, nodesOf, parse, readSource as read, sourceFiles } from '../support/syntax'

interface Import {
  from: string
  /** Null if the code computes it. */
  to: string | null
}

/** Static, dynamic and type imports, re-exports and require, with their path in the project if they have one. */
function importsOf(path: string, tree: Node): Import[] {
  const found: (string | null)[] = []
  for (const node of nodesOf(tree)) {
    if (['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type)) {
      if (node.source) found.push(literal(node.source))
    } else if (node.type === 'ImportExpression') found.push(literal(node.source))
    else if (node.type === 'TSImportType') found.push(literal(node.source))
    else if (node.type === 'TSExternalModuleReference') found.push(literal(node.expression))
    else if (node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'require') {
      found.push(literal((node.arguments as unknown[])[0]))
    }
  }
  return found.map(to => ({ from: path, to: to === null ? null : addressOf(path, to) }))
}

/** The path inside the project, or the name of the package. */
function addressOf(path: string, to: string): string {
  if (to.startsWith('@/')) return `./${posix.normalize(to.slice(2))}`
  if (/^\.\.?(\/|$)/.test(to)) return `./${posix.join(posix.dirname(path), to)}`
  return to
}

/** Everything that is wrong with one source file, as sentences. */
function violationsOf(path: string, text: string): string[] {
  const layer = layerOf(path)
  if (!layer) return [`${path}: no row of the table speaks of this file`]
  const tree = parse(path, text)
  const product = layer !== 'tests'
  const problems: string[] = []
  for (const { to } of importsOf(path, tree)) {
    if (to === null) {
      if (product && !path.startsWith('scripts/')) problems.push(`${path}: imports what cannot be told from the code`)
    } else if (to.startsWith('./')) {
      const target = to.slice(2)
      if (!mayImport(layer, target)) problems.push(`${path}: ${layer} may not import ${target}`)
    } else if (/^recharts(\/|$)/.test(to) && layer !== 'components/charts') {
      problems.push(`${path}: only components/charts may import recharts`)
    } else if (/^@(?:aws-sdk|smithy)\//.test(to) && product && layer !== 'lib/aws') {
      problems.push(`${path}: only lib/aws may import the SDK of AWS`)
    }
  }
  if (product && layer !== 'lib/access' && makesAccess(tree)) {
    problems.push(`${path}: only lib/access may make a value of type Access`)
  }
  const first = (tree.body as Node[])[0]
  const marked = first?.type === 'ImportDeclaration' && literal(first.source) === 'server-only'
  if (SERVER_ONLY.includes(layer) && !PURE.includes(path) && !marked) {
    problems.push(`${path}: must start with import 'server-only'`)
  }
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (lines > (product ? LONGEST : LONGEST_TEST)) problems.push(`${path}: is ${lines} lines long`)
  return problems
}

const PROOFS = ['Access', 'JobAccess']

/** Whether a type assertion turns something into a proof. */
function makesAccess(tree: Node): boolean {
  for (const node of nodesOf(tree)) {
    if (node.type !== 'TSAsExpression' && node.type !== 'TSTypeAssertion') continue
    for (const part of isNode(node.typeAnnotation) ? nodesOf(node.typeAnnotation) : []) {
      if (part.type === 'TSTypeReference' && isNode(part.typeName) && PROOFS.includes(String(part.typeName.name)))
        return true
    }
  }
  return false
}

/** Folders with more files than a reader takes in at a glance. Generated code does not count. */
function crowdedFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const folder = posix.dirname(path)
    if (!/^lib\/generated(\/|$)/.test(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].filter(([, n]) => n > MOST_FILES).map(([folder, n]) => `${folder}: ${n} files`)
}

const files = sourceFiles()

test('every source file follows the layer table and its rules', () => {
  expect(files.flatMap(path => violationsOf(path, read(path)))).toEqual([])
})

test('no folder of lib or components shows more than twelve files side by side', () => {
  const paths = ['lib', 'components'].flatMap(folder =>
    readdirSync(fromRoot(folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
      .map(entry => posix.join(relative(root, entry.parentPath), entry.name)),
  )
  expect(paths.filter(path => path.startsWith('lib/')).length).toBeGreaterThan(200)
  expect(paths.filter(path => path.startsWith('components/')).length).toBeGreaterThan(150)
  expect(crowdedFolders(paths)).toEqual([])
  const planted = Array.from({ length: 13 }, (_, n) => `lib/store/new/${n}.json`)
  expect(crowdedFolders(planted.slice(1))).toEqual([])
  expect(crowdedFolders(planted)).toEqual(['lib/store/new: 13 files'])
  expect(crowdedFolders(planted.map(path => path.replace('store', 'generated')))).toEqual([])
})

test('the checker sees the project: files of every layer, and their imports', () => {
  const seen = new Set(files.map(layerOf))
  const expected = TABLE.map(([path]) => path).filter(path => path !== 'lib/generated' && path !== 'prisma/seed')
  expect([...seen].sort()).toEqual(expected.sort())
  const targets = files.flatMap(path => importsOf(path, parse(path, read(path)))).map(({ to }) => to)
  expect(targets.filter(to => to?.startsWith('./lib/domain/')).length).toBeGreaterThan(100)
  expect(targets).toContain('recharts')
})

test('every listed pure file exists and imports no server code', () => {
  for (const path of PURE) {
    expect(files).toContain(path)
    const near = importsOf(path, parse(path, read(path))).map(({ to }) => to ?? '')
    expect(near.filter(to => /^node:|^\.\/lib\/(db|env|generated|store|queries)/.test(to))).toEqual([])
  }
})

/** The launcher's first steps run before node_modules exists. */
test('scripts that run before the installation import only Node.js modules', () => {
  const open = files.filter(path => /^scripts\/[^/]+\.mjs$/.test(path))
  const met = new Set(open)
  const foreign: string[] = []
  for (let path = open.pop(); path; path = open.pop()) {
    for (const node of parse(path, read(path)).body as Node[]) {
      const to = node.source ? literal(node.source) : null
      if (to === null || to.startsWith('node:')) continue
      if (!to.startsWith('.')) foreign.push(`${path}: ${to}`)
      else {
        const target = posix.join(posix.dirname(path), to)
        if (!met.has(target)) open.push(target)
        met.add(target)
      }
    }
  }
  expect(met.size).toBeGreaterThan(8)
  expect(foreign).toEqual([])
})

describe('the checker catches', () => {
  const server = "import 'server-only'\n"
  test.each([
    ['a domain that reads the database', 'lib/domain/x.ts', "import { pool } from '../db'"],
    ['a domain that reads the settings', 'lib/domain/x.ts', "import { env } from '@/lib/env'"],
    ['a base module that imports ours', 'lib/errors.ts', "import { log } from './log'"],
    ['a domain that knows SQL', 'lib/domain/x.ts', "import { partSql } from '../sql/feeds/part'"],
    ['a domain that reads a source', 'lib/domain/x.ts', "import { outcomesOf } from '../sources/registry'"],
    ['a domain that reads one format', 'lib/domain/x.ts', "import { asff } from '../sources/asff/asff'"],
    ['a definition that knows its reader', 'lib/sources/x/definition.ts', "import { x } from './x'"],
    ['a definition that knows the domain', 'lib/sources/x/definition.ts', "import { a } from '../../domain/a'"],
    ['a component that reads a definition', 'components/x.tsx', "import { feeds } from '@/lib/sources/definitions'"],
    ['access that knows SQL of findings', 'lib/access/x.ts', `${server}import { a } from '../sql/findings/where'`],
    ['SQL that knows who is signed in', 'lib/sql/x.ts', `${server}import { a } from '../access/access'`],
    ['SQL that writes through the store', 'lib/sql/x.ts', `${server}import { a } from '../store/audit/audit'`],
    ['SQL without the mark', 'lib/sql/x.ts', 'export const x = 1'],
    ['a source that writes', 'lib/sources/x/x.ts', "import { copyRows } from '../../sql/copy'"],
    ['a source that reads settings', 'lib/sources/x/x.ts', "import { env } from '../../env'"],
    ['a query that writes', 'lib/queries/x.ts', `${server}import { recordAudit } from '../store/audit'`],
    ['a store that asks a query', 'lib/store/x.ts', `${server}import { listFindings } from '../queries/findings/list'`],
    ['a store that knows sources', 'lib/store/x.ts', `${server}export * from '../sources/registry'`],
    ['access that writes through the store', 'lib/access/x.ts', `${server}import { a } from '../store/audit'`],
    ['ingest that asks a query', 'lib/ingest/x.ts', "const q = await import('../queries/read')"],
    ['a job that knows pages', 'lib/jobs/x.ts', `${server}import { action } from '../action'`],
    ['a component that fetches', 'components/x/x.tsx', "import { listFindings } from '@/lib/queries/findings/list'"],
    ['a component that takes only a type of the store', 'components/x.tsx', "import type { A } from '@/lib/store/a'"],
    ['a component with an import type', 'components/x.tsx', "type A = import('../lib/access/proof').Actor"],
    ['a component that knows its page', 'components/x/x.tsx', "import { save } from '../../app/(console)/actions'"],
    ['a component of the library with domain parts', 'components/ui/x.tsx', "import { A } from '../findings/x'"],
    ['a page that ingests', 'app/(console)/x/page.tsx', "import { receiveImport } from '@/lib/ingest/receive/receive'"],
    ['a page that reads the database', 'app/(console)/x/page.tsx', "import { prisma } from '@/lib/db'"],
    ['a page that is a route handler', 'app/(console)/x/page.tsx', "import { route } from '@/lib/route'"],
    ['a route that is an action', 'app/api/v1/x/route.ts', "import { action } from '@/lib/action'"],
    ['a page that reads a source', 'app/x/page.tsx', "export { outcomesOf } from '@/lib/sources/registry'"],
    [
      'a library that knows scripts',
      'lib/store/x.ts',
      `${server}import { say } from '../../scripts/launch/report.mjs'`,
    ],
    ['a launcher that knows the product', 'scripts/launch/x.mjs', "import { env } from '../../lib/env.ts'"],
    ['a require', 'components/x.tsx', "const db = require('../lib/db')"],
    ['an import that is computed', 'lib/store/x.ts', `${server}export const load = (name: string) => import(name)`],
    ['recharts elsewhere', 'components/accounts/x.tsx', "import { Line } from 'recharts'"],
    ['a part of recharts elsewhere', 'app/x/page.tsx', "import type { X } from 'recharts/types'"],
    ['the SDK elsewhere', 'lib/jobs/x.ts', `${server}import { IAMClient } from '@aws-sdk/client-iam'`],
    ['a part of the SDK elsewhere', 'app/x/page.tsx', "type A = import('@smithy/types').Logger"],
    ['AWS that reads the database', 'lib/aws/x.ts', `${server}import { prisma } from '../db'`],
    ['AWS without the mark', 'lib/aws/x.ts', 'export const x = 1'],
    ['a page that calls AWS itself', 'app/x/page.tsx', "import { Aws } from '@/lib/aws/aws'"],
    ['a proof by assertion', 'app/x/page.tsx', "const a = {} as Access<'findings:read'>"],
    ['a proof by way of unknown', 'lib/jobs/x.ts', `${server}const a = {} as unknown as Access`],
    ['a job by assertion', 'lib/store/x.ts', `${server}const a = {} as JobAccess`],
    ['a proof within a type', 'scripts/x.ts', 'const a = {} as { access: Access }'],
    ['a store without the mark', 'lib/store/x.ts', "import { now } from '../clock'"],
    ['a store with the mark behind something', 'lib/store/x.ts', "import 'node:fs'\nimport 'server-only'"],
    ['a query without the mark', 'lib/queries/x.ts', 'export const x = 1'],
    ['access without the mark', 'lib/access/x.ts', 'export const x = 1'],
    ['a job without the mark', 'lib/jobs/x.ts', 'export const x = 1'],
    ['a file that is too long', 'components/x.tsx', 'export {}\n'.repeat(301)],
    ['a suite that is too long', 'tests/unit/x.test.ts', 'export {}\n'.repeat(401)],
    ['a folder that nobody planned', 'utils/x.ts', 'export const x = 1'],
  ])('%s', (_what, path, text) => {
    expect(violationsOf(path, text)).toHaveLength(1)
  })

  test.each([
    ['components/x/x.tsx', "import { Button } from '../ui/button'\nimport { A } from '@/lib/domain/a'"],
    ['components/charts/x.tsx', "import { Line } from 'recharts'"],
    ['app/api/v1/x/route.ts', "import { receiveImport } from '@/lib/ingest/receive/receive'"],
    ['lib/access/x.ts', "import 'server-only'\nconst a = {} as Access"],
    ['lib/store/x.ts', `${server}import { b } from './b'\nimport { log } from '../log'`],
    ['lib/domain/x.ts', "import type { Team } from './team'"],
    ['lib/domain/x.ts', "import { feeds } from '../sources/definitions'"],
    ['lib/sources/x/definition.ts', "import type { SourceDefinition } from '../definition'"],
    ['components/x.tsx', 'export {}\n'.repeat(300)],
  ])('and accepts valid code (%s)', (path, text) => {
    expect(violationsOf(path, text)).toEqual([])
  })
})
