import type { HttpRequest } from './aws-request'
import type { OperationShape, Shape } from './shape'
import { dateOf } from './timestamp'

interface Route {
  operation: OperationShape
  method: string
  /** The path as an expression with a group for each label. */
  path: RegExp
  labels: string[]
  /** Query parameters that the path demands. */
  query: [name: string, value: string][]
}

/** The routes of a REST service; those that demand most come first. */
export function toRoutes(operations: Iterable<OperationShape>): Route[] {
  const routes = [...operations].flatMap(operation => {
    if (!operation.http) return []
    const [method, template] = operation.http
    const [path = '', query = ''] = template.split('?')
    const labels: string[] = []
    const expression = path.replace(/\{([^}+]+)(\+?)\}/g, (_, name: string, greedy: string) => {
      labels.push(name)
      return greedy ? '(.+)' : '([^/]+)'
    })
    return [
      { operation, method, path: new RegExp(`^${expression}/?$`), labels, query: [...new URLSearchParams(query)] },
    ]
  })
  return routes.sort((a, b) => b.query.length - a.query.length || a.labels.length - b.labels.length)
}

/** The operation of a REST request, with the part of its input that stands in the address and in headers. */
export function matchRoute(
  routes: readonly Route[],
  service: string,
  http: HttpRequest,
): { operation: OperationShape; input: Record<string, unknown> } | null {
  // The client of S3 takes the bucket out of the paths of its operations.
  const [, bucket, rest] = service === 's3' ? (/^\/([^/]+)(.*)$/.exec(http.path) ?? []) : []
  const path = bucket ? rest || '/' : http.path
  const named = http.query.get('x-id')
  const fitting = routes.filter(
    route =>
      route.method === http.method &&
      route.path.test(path) &&
      route.query.every(([name, value]) => http.query.has(name) && (!value || http.query.get(name) === value)),
  )
  const isOf = (route: Route) =>
    named ? route.operation.name === named : service !== 's3' || Boolean(bucket) === hasBucket(route)
  const route = fitting.find(isOf)
  if (!route) return null
  const input: Record<string, unknown> = bucket ? { Bucket: bucket } : {}
  const values = route.path.exec(path)?.slice(1) ?? []
  for (const [n, label] of route.labels.entries()) input[label] = decodeURIComponent(values[n] ?? '')
  for (const [name, member] of route.operation.input.members()) {
    const value = boundValue(member, http)
    if (value !== undefined) input[name] = value
  }
  return { operation: route.operation, input }
}

function hasBucket(route: Route): boolean {
  return route.operation.input.members().has('Bucket')
}

function boundValue(member: Shape, http: HttpRequest): unknown {
  const { httpQuery, httpHeader } = member.traits
  if (httpHeader) return textValue(member, http.headers[httpHeader.toLowerCase()])
  if (!httpQuery || !http.query.has(httpQuery)) return undefined
  if (member.kind === 'list') return http.query.getAll(httpQuery).map(text => textValue(member.item(), text))
  return textValue(member, http.query.get(httpQuery) ?? undefined)
}

function textValue(member: Shape, text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (member.kind === 'number') return Number(text)
  if (member.kind === 'boolean') return text === 'true'
  return member.kind === 'timestamp' ? dateOf(text) : text
}
