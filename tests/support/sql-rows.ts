import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { children, isNode, literal, type Node, nodesOf, parse, readSource } from './syntax'

/** A query in the code, with the columns of its declared row type and the SQL that could be found for it. */
export interface DeclaredQuery {
  place: string
  columns: string[]
  sql: string
}

/** The declarations and imports of a file, to look up names. */
interface Module {
  path: string
  tree: Node
  declared: Map<string, Node[]>
  imported: Map<string, string>
}

const modules = new Map<string, Module>()

function moduleOf(path: string, text?: string): Module {
  const known = text === undefined ? modules.get(path) : undefined
  if (known) return known
  const tree = parse(path, text ?? readSource(path))
  const module: Module = { path, tree, declared: new Map(), imported: new Map() }
  for (const node of nodesOf(tree)) {
    for (const [name, meaning] of declaredBy(node)) {
      module.declared.set(name, [...(module.declared.get(name) ?? []), meaning])
    }
    if (node.type !== 'ImportDeclaration') continue
    const from = sourceOf(path, literal(node.source) ?? '')
    for (const specifier of node.specifiers as Node[]) {
      if (from && isNode(specifier.local)) module.imported.set(String(specifier.local.name), from)
    }
  }
  if (text === undefined) modules.set(path, module)
  return module
}

const DECLARATIONS = new Set([
  'VariableDeclarator',
  'FunctionDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
])

/** The names that a node declares, each with the node of its definition. */
function declaredBy(node: Node): [string, Node][] {
  if (node.type === 'ForOfStatement') {
    const [loop] = isNode(node.left) ? ((node.left.declarations ?? []) as Node[]) : []
    return namesIn(loop?.id).map(name => [name, node.right as Node])
  }
  return DECLARATIONS.has(node.type) ? namesIn(node.id).map(name => [name, node]) : []
}

function namesIn(pattern: unknown): string[] {
  if (!isNode(pattern)) return []
  if (pattern.type === 'Identifier') return [String(pattern.name)]
  if (pattern.type !== 'ObjectPattern') return []
  return (pattern.properties as Node[]).flatMap(property => namesIn(property.value))
}

/** The source file that an import refers to; null if it is not a hand-written file of this project. */
function sourceOf(path: string, to: string): string | null {
  if (!to.startsWith('.')) return null
  const file = `${posix.join(posix.dirname(path), to)}.ts`
  return file.includes('generated/') || !existsSync(file) ? null : file
}

/** The declarations that a name refers to, with their file. */
function meaningsOf(name: string, module: Module): [Node, Module][] {
  const own = module.declared.get(name)
  if (own) return own.map(node => [node, module])
  const from = module.imported.get(name)
  return from ? meaningsOf(name, moduleOf(from)) : []
}

/** Names of the properties of a row type; null if they cannot be determined. */
function propertiesOf(type: Node, module: Module): string[] | null {
  if (type.type === 'TSTypeLiteral') return membersOf(type.members as Node[])
  if (type.type === 'TSInterfaceBody') return membersOf(type.body as Node[])
  if (type.type === 'TSArrayType') return propertiesOf(type.elementType as Node, module)
  if (type.type === 'TSParenthesizedType') return propertiesOf(type.typeAnnotation as Node, module)
  if (type.type === 'TSIntersectionType' || type.type === 'TSUnionType') {
    const parts = (type.types as Node[]).map(part => propertiesOf(part, module))
    return parts.includes(null) ? null : parts.flatMap(part => part ?? [])
  }
  if (type.type !== 'TSTypeReference' || !isNode(type.typeName) || type.typeArguments) return null
  const [meaning] = meaningsOf(String(type.typeName.name), module)
  if (!meaning) return null
  const [node, where] = meaning
  if (node.type === 'TSTypeAliasDeclaration') return propertiesOf(node.typeAnnotation as Node, where)
  const bases = ((node.extends ?? []) as Node[]).map(base =>
    propertiesOf({ type: 'TSTypeReference', typeName: base.expression }, where),
  )
  const own = propertiesOf(node.body as Node, where)
  return own === null || bases.includes(null) ? null : [...own, ...bases.flatMap(base => base ?? [])]
}

function membersOf(members: Node[]): string[] {
  return members.flatMap(({ key }) => (isNode(key) ? [String(key.name ?? literal(key))] : []))
}

/** All SQL in an expression and in the declarations of its names. A quoted string counts unless it is part of a function. */
function textIn(node: Node, module: Module, seen = new Set<Node>(), inFunction = false): string {
  if (seen.has(node)) return ''
  seen.add(node)
  if (node.type === 'TemplateElement') return (node.value as { raw: string }).raw
  const text = inFunction ? null : literal(node)
  if (text !== null) return text
  if (node.type === 'Identifier') {
    const meanings = meaningsOf(String(node.name), module)
    return meanings.map(([meaning, where]) => textIn(meaning, where, seen, inFunction)).join('\n')
  }
  // The name of a property is not the name of a variable.
  const parts = children(node).filter(
    child => node.computed === true || (child !== node.property && child !== node.key),
  )
  const within = inFunction || FUNCTIONS.has(node.type)
  return parts.map(child => textIn(child, module, seen, within)).join('\n')
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Functions and methods of the project that run a query and have its row type as a type argument. */
const RUNNERS = new Set(['read', 'readPrimary', 'runIn', 'query', 'stream', '$queryRaw', '$queryRawUnsafe'])

/** The queries of a source file that have a row type. */
export function queriesIn(path: string, text?: string): DeclaredQuery[] {
  const module = moduleOf(path, text)
  const found: DeclaredQuery[] = []
  for (const node of nodesOf(module.tree)) {
    if (node.type !== 'CallExpression' && node.type !== 'TaggedTemplateExpression') continue
    const callee = (node.callee ?? node.tag) as Node
    const name = callee.type === 'MemberExpression' ? (callee.property as Node).name : callee.name
    if (!RUNNERS.has(String(name))) continue
    const [row] = isNode(node.typeArguments) ? (node.typeArguments.params as Node[]) : []
    const columns = row ? propertiesOf(row, module) : null
    if (!columns) continue
    const asked = (node.arguments as Node[] | undefined) ?? [node.quasi as Node]
    const sql = asked.map(part => textIn(part, module)).join('\n')
    found.push({ place: `${path}:${columns.join()}`, columns, sql })
  }
  return found
}
