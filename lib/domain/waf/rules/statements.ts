import type { Statement } from './shapes'

/** A statement with all that it contains. */
export function* statementsIn(statement: Statement): Generator<[kind: string, parts: Statement]> {
  for (const [kind, parts] of Object.entries(statement)) {
    if (!isObject(parts)) continue
    yield [kind, parts]
    for (const inner of [parts.Statement, parts.ScopeDownStatement, ...listOf(parts.Statements)]) {
      if (isObject(inner)) yield* statementsIn(inner)
    }
  }
}

function isObject(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The only statement at the top, with its kind such as `IPSetReferenceStatement`. */
export function topOf(statement: Statement): [kind: string, parts: Statement] | null {
  const [first] = Object.entries(statement)
  return first && isObject(first[1]) ? [first[0], first[1]] : null
}

/** The statements of which one has to hold: those of an OrStatement, or the statement itself. */
export function alternativesOf(statement: Statement): [kind: string, parts: Statement][] {
  const top = topOf(statement)
  if (!top) return []
  if (top[0] !== 'OrStatement') return [top]
  return listOf(top[1].Statements).flatMap(inner => (isObject(inner) ? alternativesOf(inner) : []))
}

/** The labels that a statement looks for: complete ones, and namespaces that end with a colon. */
export function labelsIn(statement: Statement): string[] {
  return [...statementsIn(statement)].flatMap(([kind, { Key }]) =>
    kind === 'LabelMatchStatement' && typeof Key === 'string' ? [Key] : [],
  )
}
