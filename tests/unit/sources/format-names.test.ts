import { describe, expect, test } from 'vitest'
import { definitions } from '../../../lib/sources/definitions'
import { isNode, type Node, nodesOf, parse, readSource as read, sourceFiles } from '../../support/syntax'

/** Where sources are at home. */
const HOME = /^lib\/sources\/([a-z0-9-]+\/|registry\.ts$|definitions\.ts$)/
/** Folders of lib/sources that serve every source. */
const SHARED = /^lib\/sources\/(reader|values)\//

/** Where services of AWS are called by their names, whatever reads their records, and where Hinomi's own checks name what they need. */
const CALLS = /^lib\/(aws|domain\/(collection|checks))\//

/** Files that name a service for another reason than to identify a source or a format. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'lib/domain/controls/refresh.ts': 'the list in which AWS publishes its controls',
  'lib/domain/identity/region.ts': 'AWS services without Regions, as ARNs name them',
  'lib/domain/sign-in/weak-password.ts': 'words that make a password weak',
  'lib/domain/threats/threat-type.ts': 'where AWS describes the types of threats',
  'lib/store/checks/attention.ts': 'signals of neglect, each of which counts the findings of one source',
  'lib/store/checks/organization.ts': 'a type of resource',
}

/** Too common as words: `config` and the product's own name count as a whole text; `csv` is also the file type that people map. */
const COMMON = ['config', 'csv', 'hinomi']

const ids = definitions.flatMap(({ folder, feeds }) => [folder, ...feeds.map(({ id }) => id)])
const keys = definitions.flatMap(({ recordKeys = [], accountKeys = [], lists = [] }) => [
  ...recordKeys,
  ...accountKeys,
  ...lists,
])
const whole = new Set<string>([...ids, ...keys].filter(name => name !== 'csv'))
const words = [...ids.filter(id => !COMMON.includes(id)), 'prowler', 'credential-report', ...keys]
const WORD = new RegExp(words.map(word => word.replaceAll('-', '[-_ ]?')).join('|'), 'i')

/** Texts, patterns and names in the code of a file that name a source; comments may. */
function namesIn(path: string, text: string): string[] {
  return [...nodesOf(parse(path, text))]
    .flatMap(textsOf)
    .filter(said => whole.has(said) || WORD.test(said))
    .map(said => `${path}: ${said}`)
}

function textsOf(node: Node): string[] {
  const { type, value, name, regex } = node
  if (type === 'Literal' && typeof value === 'string') return [value]
  if (type === 'Literal' && regex) return [String(Reflect.get(Object(regex), 'pattern'))]
  if (type === 'JSXText') return [String(value)]
  if (type === 'TemplateElement') return [String(Reflect.get(Object(value), 'cooked'))]
  // `config` is a name of much else.
  return type === 'Identifier' && !isNode(name) && name !== 'config' ? [String(name)] : []
}

const files = sourceFiles('lib', 'components', 'app').filter(
  path => !CALLS.test(path) && (!HOME.test(path) || SHARED.test(path)),
)

test('a source is named only in its folder, the registry and the list of definitions', () => {
  expect(files.length).toBeGreaterThan(400)
  expect(files.filter(path => !EXCEPTIONS[path]).flatMap(path => namesIn(path, read(path)))).toEqual([])
})

test.each(Object.entries(EXCEPTIONS))('%s is still an exception: %s', path => {
  expect(namesIn(path, read(path)).length).toBeGreaterThan(0)
})

describe('the search finds', () => {
  test.each([
    ['a feed in a condition', "if (source === 'config') read()"],
    ['a set of feeds', "const hubs = new Set(['security-hub'])"],
    ['SQL', "const where = `s.source = 'trusted-advisor'`"],
    ['a pattern', 'const product = /guardduty/i'],
    ['a key of a format', "if ('SchemaVersion' in record) keep()"],
    ['a field of a format', 'const { AwsAccountId } = record'],
    ['a name', 'function fromProwler() {}'],
    ['an import', "import { asff } from '../sources/asff/asff'"],
  ])('%s', (_what, text) => {
    expect(namesIn('lib/x.ts', text).length).toBeGreaterThan(0)
  })

  test('and accepts code without names of sources', () => {
    const text = '// As in Prowler.\nconst config = load()\nimport x from "../csv-mapping"'
    expect(namesIn('lib/x.ts', text)).toEqual([])
  })
})
