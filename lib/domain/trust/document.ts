/** The principals of a statement. `*` stands for everybody, also as `{ "AWS": "*" }`. */
export interface Principal {
  kind: 'aws' | 'federated' | 'service' | 'everybody' | 'other'
  value: string
}

/** A line of the element Condition. Names are in lower case: operators and keys are not case-sensitive. */
export interface Condition {
  /** The operator without its prefix and without IfExists, such as `stringlike`. */
  operator: string
  set: 'forallvalues' | 'foranyvalue' | null
  ifExists: boolean
  key: string
  values: readonly string[]
}

export interface Statement {
  /** Its place in the document, from 1. */
  place: number
  sid: string | null
  allow: boolean
  principals: readonly Principal[]
  /** NotPrincipal: everybody but these. */
  notPrincipal: boolean
  actions: readonly string[]
  /** NotAction: every action but these. */
  notAction: boolean
  resources: readonly string[]
  notResource: boolean
  conditions: readonly Condition[]
}

/** Far above what IAM stores: a trust policy has up to 8,192 characters, a managed policy 6,144. */
const MOST_STATEMENTS = 500
const MOST_VALUES = 2000

/**
 * The statements of a policy document; null for one that is no policy, of which nothing can be said. Elements are read
 * in any case, and a single value like a list of one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function statementsOf(document: unknown): Statement[] | null {
  const policy = elementsOf(document)
  if (policy === null || !policy.has('statement')) return null
  const stored = policy.get('statement')
  const statements: Statement[] = []
  for (const [at, each] of (Array.isArray(stored) ? stored : [stored]).slice(0, MOST_STATEMENTS).entries()) {
    const elements = elementsOf(each)
    const effect = elements?.get('effect')
    if (!elements || typeof effect !== 'string') return null
    statements.push(statementOf(elements, effect, at + 1))
  }
  return statements
}

function statementOf(elements: ReadonlyMap<string, unknown>, effect: string, place: number): Statement {
  const either = (name: string) => elements.get(name) ?? elements.get(`not${name}`)
  const sid = elements.get('sid')
  return {
    place,
    sid: typeof sid === 'string' && sid !== '' ? sid.slice(0, 200) : null,
    allow: effect.toLowerCase() === 'allow',
    principals: principalsOf(either('principal')),
    notPrincipal: !elements.has('principal') && elements.has('notprincipal'),
    actions: textsOf(either('action')).map(action => action.toLowerCase()),
    notAction: !elements.has('action') && elements.has('notaction'),
    resources: textsOf(either('resource')),
    notResource: !elements.has('resource') && elements.has('notresource'),
    conditions: conditionsOf(elements.get('condition')),
  }
}

const KINDS: ReadonlyMap<string, Principal['kind']> = new Map([
  ['aws', 'aws'],
  ['federated', 'federated'],
  ['service', 'service'],
])

function principalsOf(value: unknown): Principal[] {
  if (value === '*') return [{ kind: 'everybody', value: '*' }]
  const principals: Principal[] = []
  for (const [name, named] of elementsOf(value) ?? []) {
    for (const text of textsOf(named)) {
      const kind = text === '*' && name === 'aws' ? 'everybody' : (KINDS.get(name) ?? 'other')
      principals.push({ kind, value: text })
    }
  }
  return principals
}

function conditionsOf(value: unknown): Condition[] {
  const conditions: Condition[] = []
  for (const [name, keys] of elementsOf(value) ?? []) {
    const [, set, operator = '', ifExists] = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(name) ?? []
    for (const [key, values] of elementsOf(keys) ?? []) {
      conditions.push({
        operator,
        set: set === 'forallvalues' || set === 'foranyvalue' ? set : null,
        ifExists: ifExists !== undefined,
        key,
        values: textsOf(values),
      })
    }
  }
  return conditions
}

/** The members of an object by their names in lower case; null for any other value. */
function elementsOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
}

/** A value or a list of them as texts. IAM stores numbers and booleans as they are written. */
function textsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value.slice(0, MOST_VALUES) : [value]
  return values.flatMap(each =>
    typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean' ? [String(each)] : [],
  )
}
