import type { AwsRequest, HttpRequest } from '../wire/aws-request'
import type { OperationShape } from '../wire/shape'

const TOKENS = [
  'NextToken',
  'nextToken',
  'Marker',
  'NextMarker',
  'marker',
  'PaginationToken',
  'position',
  'NextPageMarker',
]
const TOKEN = 'emulated-next-page'

/** An output whose lists are empty, as services answer where there is nothing. */
export function emptyOutput(operation: OperationShape): Record<string, unknown> {
  const lists = [...operation.output.members()].filter(([, member]) => member.kind === 'list')
  return Object.fromEntries(lists.map(([name]) => [name, []]))
}

/** An output without records whose token asks for one more page; null where the operation has no pages. */
export function emptyPage(operation: OperationShape): Record<string, unknown> | null {
  const members = operation.output.members()
  const token = TOKENS.filter(name => members.has(name)).at(-1)
  if (!token) return null
  const more = members.has('IsTruncated') ? { IsTruncated: true } : {}
  return { ...emptyOutput(operation), ...more, [token]: TOKEN }
}

export function asksForNextPage(request: AwsRequest): boolean {
  return TOKENS.some(name => request.input[name] === TOKEN)
}

/** The same request for the first page, for a service that does not know the token of the empty one. */
export function asFirstPage(request: AwsRequest): AwsRequest {
  const input = Object.fromEntries(Object.entries(request.input).filter(([, value]) => value !== TOKEN))
  return { ...request, input, http: withoutToken(request.http) }
}

function withoutToken(http: HttpRequest): HttpRequest {
  const text = http.body.toString()
  const body = Buffer.from(
    text.startsWith('{') ? withoutJsonToken(text) : text.replace(new RegExp(`&?[^&=]+=${TOKEN}`), ''),
  )
  const url = http.url.replace(new RegExp(`[^&=?]+=${TOKEN}&?`), '')
  const query = new URLSearchParams([...http.query].filter(([, value]) => value !== TOKEN))
  return { ...http, url, query, body }
}

function withoutJsonToken(text: string): string {
  const entries = Object.entries(JSON.parse(text) as object).filter(([, value]) => value !== TOKEN)
  return JSON.stringify(Object.fromEntries(entries))
}
