import { describe, expect, test } from 'vitest'
import { rejectCodes } from '@/lib/domain/imports/reject'
import { STATUS } from '../support/matrix/answer'
import { LITERAL, type Part, POUND, parseIcu, SELECT, sentences, TAG } from '../support/messages'
import {
  children,
  isNode,
  literal,
  type Node,
  nodesOf,
  parse,
  readSource as read,
  sourceFiles,
} from '../support/syntax'

/** Names of a sentence's arguments and tags; with its choices where an argument chooses by name. */
function argumentsOf(parts: readonly Part[], found = new Set<string>()): Set<string> {
  for (const part of parts) {
    if (part.type === LITERAL || part.type === POUND) continue
    found.add(part.type === TAG ? `<${part.value}>` : part.value)
    const options = part.options ?? {}
    if (part.type === SELECT) found.add(`${part.value} of ${Object.keys(options).sort().join('|')}`)
    for (const option of Object.values(options)) argumentsOf(option.value, found)
    if (part.children) argumentsOf(part.children, found)
  }
  return found
}

function argumentsIn(text: unknown): string[] {
  return [...argumentsOf(parseIcu(text))].sort()
}

describe('both languages', () => {
  test('have the same keys', () => {
    const missing = (from: Map<string, unknown>, to: Map<string, unknown>) =>
      [...from.keys()].filter(key => !to.has(key))
    expect({ notInEnglish: missing(sentences.ja, sentences.en) }).toEqual({ notInEnglish: [] })
    expect({ notInJapanese: missing(sentences.en, sentences.ja) }).toEqual({ notInJapanese: [] })
    expect(sentences.en.size).toBeGreaterThan(500)
  })

  test('have no empty text', () => {
    const empty = Object.entries(sentences).flatMap(([locale, all]) =>
      [...all]
        .filter(([, text]) => typeof text !== 'string' || text.trim() === '')
        // What stands between the items of a list may be a blank.
        .filter(([key, text]) => !(key.endsWith('.separator') && text === ' '))
        .map(([key]) => `${locale}: ${key}`),
    )
    expect(empty).toEqual([])
  })

  test('have the same arguments in every sentence', () => {
    const different = [...sentences.en].flatMap(([key, text]) => {
      const other = sentences.ja.get(key)
      const [a, b] = [argumentsIn(text), other === undefined ? null : argumentsIn(other)]
      return b && a.join() !== b.join() ? [`${key}: ${a.join(', ')} / ${b.join(', ')}`] : []
    })
    expect(different).toEqual([])
  })

  test('have a sentence for every reason of a refused record, and for every code of an error', () => {
    for (const all of Object.values(sentences)) {
      expect(rejectCodes.filter(code => !all.has(`rejects.${code}`))).toEqual([])
      expect(Object.keys(STATUS).filter(code => !all.has(`errors.${code}`))).toEqual([])
    }
  })

  test('the comparison of arguments sees names, tags and choices', () => {
    expect(argumentsIn('{n, plural, one {# of {all}} other {#}} <b>{who}</b> {s, select, a {x} other {y}}')).toEqual(
      ['<b>', 'all', 'n', 's', 's of a|other', 'who'].sort(),
    )
  })
})

/** A text that code uses: its full key, or a pattern if a part is computed. */
interface Asked {
  key: string | RegExp
  /** The given arguments; null if they cannot be determined. */
  given: string[] | null
}

/** The calls that make a translator; `namespace` is theirs where it is not the first argument. */
const MAKERS: Record<string, string | null> = {
  useTranslations: null,
  getTranslations: null,
  cliTranslator: 'cli',
  keysTranslator: 'keys',
  backupTranslator: 'backup',
  errorTranslator: 'errors',
}

type Scope = Map<string, string | null>

function calleeOf(node: Node): string | null {
  return isNode(node.callee) && node.callee.type === 'Identifier' ? String(node.callee.name) : null
}

/** The namespace of a translator expression; null for any other expression. */
function namespaceOf(expression: unknown): string | null {
  if (!isNode(expression)) return null
  if (expression.type === 'AwaitExpression') return namespaceOf(expression.argument)
  if (expression.type !== 'CallExpression') return null
  const maker = calleeOf(expression)
  if (maker === null || !Object.hasOwn(MAKERS, maker)) return null
  const fixed = MAKERS[maker]
  if (fixed) return fixed
  const [first] = expression.arguments as unknown[]
  if (first === undefined) return ''
  return literal(first)
}

/** Notes the translators that a declaration names: const t = …, and const [a, t] = await Promise.all([…, …]). */
function declare(declarator: Node, scope: Scope): void {
  const { id, init } = declarator
  if (!isNode(id)) return
  if (id.type === 'Identifier') scope.set(String(id.name), namespaceOf(init))
  if (id.type !== 'ArrayPattern' || !isNode(init) || init.type !== 'AwaitExpression' || !isNode(init.argument)) return
  const [list] = (init.argument.arguments ?? []) as unknown[]
  const parts = isNode(list) && list.type === 'ArrayExpression' ? (list.elements as unknown[]) : []
  for (const [at, name] of (id.elements as unknown[]).entries()) {
    if (isNode(name) && name.type === 'Identifier') scope.set(String(name.name), namespaceOf(parts[at]))
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The keys that an argument can be, as far as the code tells; relative to the namespace. */
function keysOf(argument: unknown): (string | RegExp)[] {
  if (!isNode(argument)) return []
  const text = literal(argument)
  if (text !== null) return [text]
  if (argument.type === 'ConditionalExpression') return [...keysOf(argument.consequent), ...keysOf(argument.alternate)]
  if (argument.type === 'TSAsExpression') return keysOf(argument.expression)
  if (argument.type !== 'TemplateLiteral') return []
  const texts = (argument.quasis as { value: { cooked: string } }[]).map(part => escaped(part.value.cooked))
  return [new RegExp(`^${texts.join('.+')}$`)]
}

function givenBy(argument: unknown): string[] | null {
  if (argument === undefined) return []
  if (!isNode(argument) || argument.type !== 'ObjectExpression') return null
  const names = (argument.properties as Node[]).map(property =>
    property.type === 'Property' && !property.computed && isNode(property.key)
      ? String(property.key.name ?? property.key.value)
      : null,
  )
  return names.includes(null) ? null : names.filter(name => name !== null)
}

function within(namespace: string, key: string | RegExp): string | RegExp {
  if (namespace === '') return key
  if (typeof key === 'string') return `${namespace}.${key}`
  return new RegExp(`^${escaped(namespace)}\\.${key.source.slice(1)}`)
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/** What a file asks of the messages. A translator that came as a parameter is followed no further. */
function askedIn(path: string, text: string): Asked[] {
  const asked: Asked[] = []
  const visit = (node: Node, outer: readonly Scope[]) => {
    const scopes = FUNCTIONS.includes(node.type) ? [parametersOf(node), ...outer] : outer
    if (node.type === 'VariableDeclarator' && scopes[0]) declare(node, scopes[0])
    if (node.type === 'CallExpression') asked.push(...call(node, scopes))
    for (const child of children(node)) visit(child, scopes)
  }
  visit(parse(path, text), [new Map()])
  return asked
}

function parametersOf(node: Node): Scope {
  const names = (node.params as Node[]).flatMap(param => [...identifiers(param)])
  return new Map(names.map(name => [name, null]))
}

function* identifiers(node: Node): Generator<string> {
  if (node.type === 'Identifier') yield String(node.name)
  else for (const child of children(node)) if (!child.type.startsWith('TS')) yield* identifiers(child)
}

function call(node: Node, scopes: readonly Scope[]): Asked[] {
  const callee = node.callee as Node
  const [name, method] =
    callee.type === 'MemberExpression' && isNode(callee.object) && isNode(callee.property)
      ? [callee.object.name, String(callee.property.name)]
      : [callee.name, '']
  if (typeof name !== 'string' || !['', 'rich', 'markup', 'raw'].includes(method)) return []
  const namespace = scopes.find(scope => scope.has(name))?.get(name)
  if (namespace === null || namespace === undefined) return []
  const [key, values] = node.arguments as unknown[]
  const given = method === 'raw' ? null : givenBy(values)
  return keysOf(key).map(found => ({ key: within(namespace, found), given }))
}

/** Problems of the texts that a file uses. */
function problemsIn(path: string, text: string): string[] {
  return askedIn(path, text).flatMap(({ key, given }) => {
    if (typeof key !== 'string') {
      const one = [...sentences.en.keys()].some(name => key.test(name))
      return one ? [] : [`${path}: no text fits ${key.source}`]
    }
    const sentence = sentences.en.get(key)
    if (sentence === undefined) return [`${path}: there is no text ${key}`]
    const lacking = given
      ? argumentsIn(sentence).filter(name => !name.includes(' ') && !given.includes(name.replace(/^<(.*)>$/, '$1')))
      : []
    return lacking.map(name => `${path}: ${key} is not given ${name}`)
  })
}

/** Sentences that code names where it refuses something: new AppError(…, { reason }) and new ForbiddenError(reason). */
function reasonsIn(text: string): string[] {
  const reasons = [...text.matchAll(/new AppError\([^)]*?\breason:\s*'([^']+)'|new ForbiddenError\('([^']+)'/g)]
  return reasons.map(([, a, b]) => a ?? b ?? '')
}

/** A language is named in itself, whatever the reader's. */
const OWN_NAMES: Record<string, string[]> = { 'components/frame/language-switch.tsx': ['日本語'] }
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}、。「」・ー]/u

/** Japanese in strings, templates and JSX text: it belongs into the messages. */
function japaneseIn(path: string, text: string): string[] {
  const found: string[] = []
  for (const node of nodesOf(parse(path, text))) {
    const value = node.type === 'TemplateElement' ? (node.value as { cooked: string }).cooked : node.value
    const isText = ['Literal', 'JSXText', 'TemplateElement'].includes(node.type) && typeof value === 'string'
    if (isText && JAPANESE.test(value) && !OWN_NAMES[path]?.includes(value)) found.push(`${path}: ${value.trim()}`)
  }
  return found
}

const files = sourceFiles('app', 'components', 'lib', 'i18n', 'scripts')

describe('the code', () => {
  test('uses only existing texts, with every argument', () => {
    expect(files.flatMap(path => problemsIn(path, read(path)))).toEqual([])
    expect(files.flatMap(path => askedIn(path, read(path))).length).toBeGreaterThan(400)
  })

  test('uses only reasons that have a sentence', () => {
    const unknown = files.flatMap(path =>
      reasonsIn(read(path))
        .filter(reason => !sentences.en.has(`errors.${reason}`))
        .map(reason => `${path}: ${reason}`),
    )
    expect(unknown).toEqual([])
    expect(files.flatMap(path => reasonsIn(read(path))).length).toBeGreaterThan(10)
  })

  test('contains no Japanese text', () => {
    const all = sourceFiles('app', 'components', 'lib')
    // The names of a source are in its own folder.
    const texts = all.filter(path => !/^lib\/sources\/[a-z0-9-]+\/definition\.ts$/.test(path))
    expect(texts.flatMap(path => japaneseIn(path, read(path)))).toEqual([])
  })
})

describe('the checker catches', () => {
  test.each([
    ['a text that is not there', "const t = useTranslations('common'); t('nothing')"],
    ['one without a namespace', "const t = useTranslations(); t('common.nothing')"],
    ['one behind an await', "async function f() { const t = await getTranslations('nav'); return t('nothing') }"],
    [
      'one among others',
      "async function f() { const [a, t] = await Promise.all([b(), getTranslations('nav')]); t('no') }",
    ],
    ['one of two', "const t = useTranslations('common'); t(x ? 'close' : 'nothing')"],
    ['a pattern that fits nothing', `const t = useTranslations(); t(\`nothing.\${x}.title\`)`],
    ['rich text', "const t = useTranslations('common'); t.rich('nothing', {})"],
    ['an argument that is not given', "const t = useTranslations(); t('counts.findings')"],
  ])('%s', (_what, text) => {
    expect(problemsIn('components/x.tsx', text)).toHaveLength(1)
  })

  test('and accepts correct texts and those that it cannot judge', () => {
    const right = `
      const t = useTranslations()
      t('counts.findings', { count: 1 }); t('common.close'); t(\`severity.\${x}\`); t(key); t.has('nothing')
      function f(t: (key: string) => string) { return t('anything') }`
    expect(problemsIn('components/x.tsx', right)).toEqual([])
  })

  test.each([
    'const a = "火の見"',
    `const a = \`\${b} のアカウント\``,
    'const a = <p>検出結果</p>',
    'const a = <A b="はい" />',
  ])('Japanese in %s', text => {
    expect(japaneseIn('components/x.tsx', text)).toHaveLength(1)
    expect(japaneseIn('components/x.tsx', `// ${text}`)).toEqual([])
  })
})
