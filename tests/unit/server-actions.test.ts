import { expect, test } from 'vitest'
import { children, literal, type Node, parse, readSource, sourceFiles } from '../support/syntax'

/** They touch cookies and the own session only, and answer nothing. */
const WITHOUT_WRAPPER = ['setTheme', 'signOut', 'cancel']
const WRAPPERS = ['action', 'openAction', 'pendingAction']

/** Exports of a file of server actions that no wrapper of lib/action.ts makes, and so neither limits nor answers. */
function unwrapped(path: string, text: string): string[] {
  const program = parse(path, text)
  const nodes = children(program)
  if (!nodes.some(node => node.type === 'ExpressionStatement' && literal(node.expression) === 'use server')) return []
  return nodes.flatMap(node => {
    const declaration = node.type === 'ExportNamedDeclaration' ? (node.declaration as Node | null) : null
    if (!declaration) return []
    if (declaration.type === 'FunctionDeclaration') return [(declaration.id as unknown as { name: string }).name]
    if (declaration.type !== 'VariableDeclaration') return []
    const variables = declaration.declarations as {
      id: { name: string }
      init: { callee?: { name?: string } } | null
    }[]
    return variables.filter(({ init }) => !WRAPPERS.includes(init?.callee?.name ?? '')).map(({ id }) => id.name)
  })
}

test('every server action uses a wrapper, which limits its rate and maps its errors', () => {
  const found = sourceFiles('app', 'lib', 'components').flatMap(path => unwrapped(path, readSource(path)))
  expect(found.toSorted()).toEqual(WITHOUT_WRAPPER.toSorted())
})

test('an action without a wrapper is found', () => {
  const text = `'use server'\nexport async function a() {}\nexport const b = async () => 1\nexport const c = action({})`
  expect(unwrapped('app/actions.ts', text)).toEqual(['a', 'b'])
  expect(unwrapped('app/actions.ts', text.replace(`'use server'`, ''))).toEqual([])
})
