import type { Asked } from './route-table'
import type { Call } from './surface'

export interface Reply {
  /** "ok" or the status. */
  answer: string
  /** The complete body: while it is being sent, more data may be read. */
  body: string
}

// Each request comes from another network, because refusals are limited per network. Settings are read with the first request.
process.env.HINOMI_TRUST_PROXY = '1'
let sender = 0

/** Sends a request to the handler of a route, such as "GET /api/v1/findings/[id]", as Next.js would. */
export async function send(
  handler: Call | undefined,
  route: string,
  { params = {}, query = '', body }: Asked,
  headers: Record<string, string>,
): Promise<Reply> {
  const [method = '', address = ''] = route.split(' ')
  const path = address.replace(/\[(?:\.\.\.)?(\w+)\]/g, (_all, name) => [params[name] ?? ''].flat().join('/'))
  sender += 1
  const forwarded = { 'x-forwarded-for': `2001:db8:${sender.toString(16)}::1` }
  const sent = {
    method,
    headers: { ...forwarded, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  const request = new Request(`http://localhost${path}${query}`, sent)
  const response = await handler?.(request, { params: Promise.resolve(params) })
  if (!(response instanceof Response)) throw new Error(`${route} gave no answer`)
  return { answer: response.ok ? 'ok' : String(response.status), body: await response.text() }
}

/** The headers of requests from our own pages: with the session cookie. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

export const bearing = (token: string) => ({ authorization: `Bearer ${token}` })
