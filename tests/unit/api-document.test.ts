import { expect, test } from 'vitest'
import { findingsHref } from '../../components/findings/list/finding-params'
import { apiDocument } from '../../lib/domain/api/document'
import { AccountsQuery, FindingsQuery, parseQuery } from '../../lib/domain/api/query'
import { RequestException } from '../../lib/domain/exceptions/exception'
import { PatchFinding } from '../../lib/domain/findings/change'
import { everyFinding } from '../../lib/domain/findings/filter'
import { ImportQuery } from '../../lib/domain/imports/query'
import { filledText, plainText } from '../../lib/domain/text/plain-text'

const document = JSON.parse(JSON.stringify(apiDocument('1.2.3')))

test('the document is OpenAPI 3.1 and every reference leads somewhere', () => {
  expect(document.openapi).toBe('3.1.0')
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] ?? '')
  expect(refs.length).toBeGreaterThan(10)
  for (const ref of refs) {
    const found = ref
      .replace('#/', '')
      .split('/')
      .reduce((node, part) => node?.[part], document)
    expect(found, ref).toBeTruthy()
  }
})

test('it contains every path with its methods, and no operation twice', () => {
  const operations = Object.entries<Record<string, { operationId: string; responses: object }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  )
  expect(operations.map(({ name }) => name).sort()).toEqual([
    'delete /attachments/{id}',
    'get /access-keys',
    'get /accounts',
    'get /accounts/{id}',
    'get /accounts/{id}/resource',
    'get /attachments',
    'get /attachments/{id}',
    'get /audit',
    'get /control-severities',
    'get /coverage',
    'get /due-policy',
    'get /entrances',
    'get /exceptions',
    'get /findings',
    'get /findings/export',
    'get /findings/{id}',
    'get /frameworks/{framework}/evidence',
    'get /imports/{id}',
    'get /routing-rules',
    'get /standard',
    'get /teams',
    'patch /findings/{id}',
    'post /attachments',
    'post /events',
    'post /exceptions',
    'post /imports',
    'post /imports/{id}/confirm',
    'post /imports/{id}/retry',
    'put /control-severities',
    'put /due-policy',
    'put /routing-rules',
  ])
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  for (const { operation } of operations)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '403', '429', '431', '503']))
})

test('it contains the query parameters', () => {
  const names = document.paths['/findings'].get.parameters.map((parameter: { name: string }) => parameter.name)
  expect(names).toEqual(Object.keys(FindingsQuery.shape))
  expect(names).toEqual(expect.arrayContaining([...Object.keys(everyFinding), 'cursor', 'limit']))
})

test('lists are read with commas, repeated, or both', () => {
  const query = parseQuery(
    FindingsQuery,
    new URLSearchParams('severity=high,low&severity=critical&overdue=true&limit=5'),
  )
  expect(query).toMatchObject({
    severity: ['high', 'low', 'critical'],
    overdue: true,
    limit: 5,
    cursor: null,
    sort: 'severity',
  })
})

test('list parameters that accept any text allow values with a comma', () => {
  const filter = {
    control: ['rule/a,b', 'c'],
    resourceType: ['Type, of its own'],
    account: ['111111111111', '222222222222'],
  }
  const address = new URL(findingsHref(filter), 'http://localhost')
  expect(parseQuery(FindingsQuery, address.searchParams)).toMatchObject(filter)
  const lists = document.paths['/findings'].get.parameters.filter(
    (parameter: { schema: { type?: string } }) => parameter.schema.type === 'array',
  )
  expect(lists.length).toBeGreaterThan(5)
  for (const { description } of lists) expect(description).toContain('%252C')
})

test('omitting a parameter returns the same as omitting the filter', () => {
  const { cursor, limit, ...filter } = parseQuery(FindingsQuery, new URLSearchParams())
  expect(filter).toEqual(everyFinding)
  expect([cursor, limit]).toEqual([null, 50])
})

test.each([
  ['sort=size', 'sort'],
  ['dir=up', 'dir'],
  ['page=2', 'page'],
  ['environment=moon', 'environment'],
])('of accounts, %s is refused by name', (text, field) => {
  expect(() => parseQuery(AccountsQuery, new URLSearchParams(text))).toThrow(
    expect.objectContaining({ code: 'invalid', field }),
  )
})

const parameters = Object.values<Record<string, { parameters?: { name: string; in: string; schema: Schema }[] }>>(
  document.paths,
)
  .flatMap(methods => Object.values(methods))
  .flatMap(operation => operation.parameters ?? [])
  .filter(parameter => parameter.in === 'query')

interface Schema {
  type?: string
  items?: Schema
  minItems?: number
  pattern?: string
  anyOf?: Schema[]
}

test('no parameter accepts null, and no list is empty or contains an unescaped comma', () => {
  expect(parameters.length).toBeGreaterThan(40)
  for (const { name, schema } of parameters) {
    expect(JSON.stringify(schema), name).not.toContain('"null"')
    if (schema.type !== 'array') continue
    expect(schema.minItems, name).toBe(1)
    expect(schema.items?.pattern ?? JSON.stringify(schema.items), name).toMatch(/^\^\[(\^,|a-z)\]|^\^\\d|enum/)
  }
})

test.each([
  ['severity=', 'severity'],
  ['severity=high,', 'severity'],
  ['severity=,high', 'severity'],
  ['control=', 'control'],
  ['control=a,,b', 'control'],
  ['limit=', 'limit'],
  ['limit=1e1', 'limit'],
  ['limit=0x5', 'limit'],
  ['limit=+5', 'limit'],
  ['limit=05', 'limit'],
  ['limit=5.0', 'limit'],
  ['limit=%205', 'limit'],
  ['limit=null', 'limit'],
  ['import=', 'import'],
  ['overdue=1', 'overdue'],
  ['overdue=TRUE', 'overdue'],
  ['overdue=', 'overdue'],
  ['change=null', 'change'],
])('of findings, %s is refused, as in the document', (text, field) => {
  expect(() => parseQuery(FindingsQuery, new URLSearchParams(text))).toThrow(
    expect.objectContaining({ code: 'invalid', field }),
  )
})

test('a length counts characters, as JSON Schema does', () => {
  const fire = '\u{1f525}'
  expect(plainText(3).parse(fire.repeat(3))).toBe(fire.repeat(3))
  expect(plainText(3).safeParse(fire.repeat(4)).error?.issues).toMatchObject([{ code: 'too_big', maximum: 3 }])
  expect(parseQuery(FindingsQuery, new URLSearchParams({ text: fire.repeat(200) })).text).toBe(fire.repeat(200))
  expect(() => parseQuery(FindingsQuery, new URLSearchParams({ text: fire.repeat(201) }))).toThrow()
})

test.each([' ', '\ufeff', '\0', '\n\t', ''])('the document knows that %j is no text', text => {
  const { pattern } = document.components.schemas.PatchFinding.properties.comment
  expect(new RegExp(pattern, 'u').test(text)).toBe(false)
  expect(filledText(10).safeParse(text).success).toBe(false)
  expect(new RegExp(pattern, 'u').test(`${text}a`)).toBe(true)
  expect(filledText(10).safeParse(`${text}a`).success).toBe(true)
})

test.each([
  '2026-01-31',
  '2024-02-29',
  '2026-12-31T23:59:59Z',
  '2026-12-31T23:59:59.123+09:00',
  '2000-02-29T00:00:00-23:59',
  '1999-12-31',
  '0020-02-29T00:00:00Z',
  '2026-02-29',
  '2026-04-31',
  '2026-13-01',
  '2026-01-01t00:00:00z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00',
])('a due date of %s is accepted exactly if the document allows it', text => {
  const [{ anyOf: forms }] = document.components.schemas.PatchFinding.properties.dueAt.anyOf
  const allowed = forms.some(({ pattern }: { pattern: string }) => new RegExp(pattern, 'u').test(text))
  expect(PatchFinding.safeParse({ dueAt: text }).success).toBe(allowed)
})

test('the document limits the time of a report to this century, and a separate rule refuses the future', () => {
  const pattern = new RegExp(parameters.find(({ name }) => name === 'observedAt')?.schema.pattern ?? '', 'u')
  const ahead = new Date(Date.now() + 86_400_000).toISOString()
  expect(pattern.test(ahead)).toBe(true)
  expect(ImportQuery.safeParse({ observedAt: ahead }).error?.issues).toMatchObject([{ params: { now: true } }])
  expect(pattern.test('1999-12-31T00:00:00Z')).toBe(false)
  expect(ImportQuery.safeParse({ observedAt: '1999-12-31T00:00:00Z' }).success).toBe(false)
})

test('the document requires a change to have a field and a rule to have a criterion', () => {
  expect(document.components.schemas.PatchFinding.minProperties).toBe(1)
  expect(PatchFinding.safeParse({}).success).toBe(false)
  const { match } = document.components.schemas.RequestException.anyOf[1].properties
  const filled = {
    control: 'S3.1',
    resource: 'b',
    tag: { key: 'a' },
    accounts: ['123456789012'],
    environments: ['sandbox'],
  }
  expect(match.anyOf.map(({ required }: { required: string[] }) => required[0]).sort()).toEqual(
    Object.keys(filled).sort(),
  )
  const rule = { kind: 'accepted', reason: 'why', until: '2026-12-31' }
  for (const [name, value] of Object.entries(filled))
    expect(RequestException.safeParse({ ...rule, match: { [name]: value } }).success, name).toBe(true)
  expect(RequestException.safeParse({ ...rule, match: { control: null, accounts: [] } }).success).toBe(false)
})
