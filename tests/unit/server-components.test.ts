import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { isNode, literal, type Node, nodesOf, parse, readSource, sourceFiles } from '../support/syntax'

const files = new Set(sourceFiles('app', 'components', 'lib', 'i18n').filter(path => /\.tsx?$/.test(path)))

interface Module {
  isClient: boolean
  /** By local name, the file that it comes from; the name of a package stays as it is. */
  imports: Map<string, string>
  /** Functions that the file itself declares, without server actions. */
  functions: Set<string>
  elements: Node[]
}

/** The file that an import names, or the package. */
function fileOf(from: string, to: string): string {
  if (!to.startsWith('.') && !to.startsWith('@/')) return to
  const path = to.startsWith('@/') ? to.slice(2) : posix.join(posix.dirname(from), to)
  return [path, `${path}.tsx`, `${path}.ts`, `${path}/index.tsx`].find(each => files.has(each)) ?? path
}

const isFunction = (node: unknown): node is Node =>
  isNode(node) && ['ArrowFunctionExpression', 'FunctionExpression'].includes(node.type)

function moduleOf(path: string, text: string): Module {
  const tree = parse(path, text)
  const [first] = tree.body as Node[]
  const module: Module = {
    isClient: first?.type === 'ExpressionStatement' && literal(first.expression) === 'use client',
    imports: new Map(),
    functions: new Set(),
    elements: [],
  }
  for (const node of nodesOf(tree)) {
    if (node.type === 'ImportDeclaration' && node.importKind !== 'type') {
      for (const one of node.specifiers as Node[])
        if (one.importKind !== 'type')
          module.imports.set((one.local as Node).name as string, fileOf(path, literal(node.source) ?? ''))
    } else if (node.type === 'FunctionDeclaration' && isNode(node.id)) module.functions.add(node.id.name as string)
    else if (node.type === 'VariableDeclarator' && isFunction(node.init) && isNode(node.id))
      module.functions.add(node.id.name as string)
    else if (node.type === 'JSXOpeningElement') module.elements.push(node)
  }
  return module
}

/** Attributes of elements of client components whose value is a function of this file: React cannot send these to a browser. */
function functionProps(path: string, module: Module, isClient: (file: string) => boolean): string[] {
  return module.elements.flatMap(element => {
    const tag = element.name as Node
    const from = module.imports.get(String(tag.type === 'JSXMemberExpression' ? (tag.object as Node).name : tag.name))
    if (from === undefined || !isClient(from)) return []
    return (element.attributes as Node[]).flatMap(({ name, value }) => {
      if (!isNode(value) || value.type !== 'JSXExpressionContainer' || !isNode(name)) return []
      const { expression } = value
      const isOwn =
        isNode(expression) && expression.type === 'Identifier' && module.functions.has(String(expression.name))
      return isOwn || isFunction(expression) ? [`${path}: <${String(tag.name)} ${String(name.name)}>`] : []
    })
  })
}

test('a server component gives no function to a client component', () => {
  const known = new Map<string, Module>()
  const read = (path: string) => {
    const module = known.get(path) ?? moduleOf(path, readSource(path))
    known.set(path, module)
    return module
  }
  const isClient = (file: string) => (files.has(file) ? read(file).isClient : file !== 'next-intl' && file !== 'react')
  const open = [...files].filter(path => /^app\/.*\/(page|layout|not-found|loading|default)\.tsx$/.test(path))
  const met = new Set(open)
  const wrong: string[] = []
  for (let path = open.pop(); path; path = open.pop()) {
    const module = read(path)
    if (module.isClient) continue
    wrong.push(...functionProps(path, module, isClient))
    for (const next of module.imports.values())
      if (files.has(next) && !met.has(next)) {
        met.add(next)
        open.push(next)
      }
  }
  expect([...met].filter(path => path.startsWith('components/')).length).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})

test.each([
  ['run={() => go()}', ['a.tsx: <RunButton run>']],
  ['run={mine}', ['a.tsx: <RunButton run>']],
  ['run={go}', []],
  ['label="x"', []],
])('an element with %s', (attribute, found) => {
  const text = `import { go } from './actions'
    import { RunButton } from './run-button'
    function mine() {}
    export const A = () => <RunButton ${attribute} />`
  expect(functionProps('a.tsx', moduleOf('a.tsx', text), file => file === 'run-button')).toEqual(found)
})
