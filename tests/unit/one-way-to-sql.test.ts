import { expect, test } from 'vitest'
import { isNode, type Node, nodesOf, parse, readSource as read, sourceFiles } from '../support/syntax'

/** Files and folders of `lib` that may use a client directly, each with its reason. See decision 48. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'lib/db': 'opens connections, transactions and cursors',
  'lib/sql/transaction': 'is the helper',
  'lib/sql/read': 'is the helper for reads',
  'lib/sql/copy': 'COPY',
  'lib/store/backup/load-backup': 'COPY, and commands for the tables of a backup',
  'lib/store/backup/write-backup': 'COPY, and the snapshot that it reads',
  'lib/store/backup/restore-target': 'DROP commands that the catalogue generates',
  'lib/store/imports/lanes': 'locks of the connection, and several statements in one round trip',
  'lib/jobs/jobs-database': 'runs the statements of pg-boss',
  'lib/jobs/regroup': 'a lock of the connection',
  'lib/jobs/imports/loop': 'LISTEN',
  'lib/jobs/presence': 'the name of the connection',
  'lib/access': 'is below lib/sql in the table of layers',
  'lib/health': 'is below lib/sql in the table of layers',
}

const CLIENT_METHODS = new Set(['query', '$queryRaw', '$queryRawUnsafe', '$executeRaw', '$executeRawUnsafe'])

/** The method of a client that a node calls, by itself or as a tag; null for other nodes. */
function clientMethod(node: Node): string | null {
  const callee =
    node.type === 'TaggedTemplateExpression' ? node.tag : node.type === 'CallExpression' ? node.callee : null
  if (!isNode(callee) || callee.type !== 'MemberExpression' || !isNode(callee.property)) return null
  const { name } = callee.property
  return typeof name === 'string' && CLIENT_METHODS.has(name) ? name : null
}

function methodsIn(path: string, text: string): string[] {
  return [...nodesOf(parse(path, text))].flatMap(node => clientMethod(node) ?? [])
}

function exceptionFor(path: string): string | undefined {
  return Object.keys(EXCEPTIONS).find(each => path === `${each}.ts` || path.startsWith(`${each}/`))
}

const users = sourceFiles('lib', 'app').filter(path => methodsIn(path, read(path)).length > 0)

test('only the named files run statements without the helper', () => {
  expect(users.filter(path => exceptionFor(path) === undefined)).toEqual([])
})

test('every named file or folder uses a client', () => {
  const used = new Set(users.map(exceptionFor))
  expect(Object.keys(EXCEPTIONS).filter(path => !used.has(path))).toEqual([])
})

test('the check finds every way to use a client', () => {
  const text = [
    'await tx.$queryRaw`SELECT 1`',
    'await tx.$executeRaw(statement)',
    'await tx.$executeRawUnsafe(text, id)',
    'await prisma().$queryRawUnsafe<Row[]>(text)',
    'await pool().query<Row>(text, [id])',
    'await this.#client.query({ name, text, values })',
  ]
  for (const line of text) expect(methodsIn('lib/store/new.ts', line)).toHaveLength(1)
  expect(methodsIn('lib/store/new.ts', 'await runIn(tx, sql`SELECT 1`)')).toEqual([])
  expect(exceptionFor('lib/store/new.ts')).toBeUndefined()
  expect(exceptionFor('lib/database.ts')).toBeUndefined()
})
