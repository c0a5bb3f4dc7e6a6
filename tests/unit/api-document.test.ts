import { expect, test } from 'vitest'
import { findingsHref } from '../../components/findings/finding-params'
import { apiDocument } from '../../lib/domain/api/document'
import { AccountsQuery, FindingsQuery, parseQuery } from '../../lib/domain/api/query'
import { everyFinding } from '../../lib/domain/findings/filter'

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

test('it tells every path with its methods, and no operation twice', () => {
  const operations = Object.entries<Record<string, { operationId: string; responses: object }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  )
  expect(operations.map(({ name }) => name).sort()).toEqual([
    'get /accounts',
    'get /accounts/{id}',
    'get /audit',
    'get /due-policy',
    'get /exceptions',
    'get /findings',
    'get /findings/export',
    'get /findings/{id}',
    'get /imports/{id}',
    'get /routing-rules',
    'patch /findings/{id}',
    'post /exceptions',
    'post /imports',
    'post /imports/{id}/confirm',
    'post /imports/{id}/retry',
    'put /due-policy',
    'put /routing-rules',
  ])
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  for (const { operation } of operations)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429']))
})

test('it names the parameters that the query takes', () => {
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

test('a value of a list may hold a comma, in every list that takes any text', () => {
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

test('no parameter gives what no filter gives', () => {
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
