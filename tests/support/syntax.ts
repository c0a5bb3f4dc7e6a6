import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseAst } from 'vitest/node'

const root = join(import.meta.dirname, '../..')

/** A node of a syntax tree: https://github.com/estree/estree with the node types of TypeScript. */
export interface Node {
  type: string
  [key: string]: unknown
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

export function children(node: Node): Node[] {
  return Object.values(node).flatMap(value => (Array.isArray(value) ? value : [value]).filter(isNode))
}

/** A node and all its descendants. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const child of children(node)) yield* nodesOf(child)
}

export function parse(path: string, text: string): Node {
  const lang = path.endsWith('x') ? 'tsx' : path.endsWith('.ts') ? 'ts' : 'js'
  return parseAst(text, { lang }, path) as unknown as Node
}

/** The text of a string literal; null for any other node. */
export function literal(node: unknown): string | null {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : null
}

const SKIPPED = /^(node_modules|lib\/generated|\.[^/]+|test-results|playwright-report)(\/|$)|(^|\/)next-env\.d\.ts$/

/** Paths of the source files in folders of the project, by default in all: TypeScript, and the JavaScript of the scripts. */
export function sourceFiles(...folders: string[]): string[] {
  return (folders.length > 0 ? folders : ['']).flatMap(folder =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
      const path = posix.join(folder, entry.name)
      if (SKIPPED.test(path)) return []
      if (entry.isDirectory()) return sourceFiles(path)
      return /\.tsx?$|^scripts\/.*\.mjs$/.test(path) ? [path] : []
    }),
  )
}

export const readSource = (path: string) => readFileSync(join(root, path), 'utf8')
