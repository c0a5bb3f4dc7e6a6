import 'server-only'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { requireApiAccess } from './access/api/access'
import { API_POLICY } from './access/api/answer-headers'
import { actorKey, limitRate } from './access/api/rate-limit'
import { UnauthenticatedError } from './access/api/token'
import { clientIp, networkOf } from './access/network/peer'
import type { Access } from './access/proof'
import { recordingRefusals } from './access/refusals/refusals'
import { logRefusedInput } from './access/refusals/refused-input'
import type { Permission } from './domain/people/role'
import { AppError, type ErrorCode, ForbiddenError } from './errors'
import { errorSentence, errorTranslator, issueSentence, negotiateLocale, unexpectedSentence } from './locale'
import { log } from './log'
import { type Outage, outageError, outageOf } from './outage'

const STATUS: Record<ErrorCode, [number, string]> = {
  not_found: [404, 'Not Found'],
  forbidden: [403, 'Forbidden'],
  not_recent: [403, 'Forbidden'],
  invalid: [400, 'Bad Request'],
  conflict: [409, 'Conflict'],
  too_large: [413, 'Content Too Large'],
  too_many_requests: [429, 'Too Many Requests'],
  unavailable: [503, 'Service Unavailable'],
  no_space: [507, 'Insufficient Storage'],
}

const RETRIED = [429, 503, 507]

interface Call<P extends Permission, Params> {
  access: Access<P>
  request: Request
  params: Params
}

interface RouteSpec<P extends Permission, Params> {
  needs: P | readonly P[]
  /** Whether the request stores a report: during any outage the answer is 507. */
  stores?: boolean
  /** The result is sent as JSON; a Response is sent unchanged. */
  run: (call: Call<P, Params>) => Promise<unknown>
}

/** A handler under /api: checks access (bearer token, or session of our pages), runs, and sends errors as RFC 9457 documents. */
export function route<P extends Permission, Params = Record<never, string>>(spec: RouteSpec<P, Params>) {
  return async (request: Request, context: { params: Promise<Params> }): Promise<Response> => {
    try {
      const needs = typeof spec.needs === 'string' ? [spec.needs] : spec.needs
      const access = await knownSender(request, needs)
      const params = await context.params
      const { pathname } = new URL(request.url)
      const result = await recordingRefusals(access, pathname, () => spec.run({ access, request, params }))
      return secured(result instanceof Response ? result : json(result, 200))
    } catch (error) {
      const outage = spec.stores ? outageOf(error) : null
      return answerError(request, outage ? storingError(request, outage) : error)
    }
  }
}

function storingError(request: Request, outage: Outage): AppError {
  log.error({ outage, path: new URL(request.url).pathname }, 'a report could not be stored')
  return outageError(outage, { stores: true })
}

/** The proof of a sender within the rate limits. Refused requests are counted per network, so they lock out nobody else. */
async function knownSender<P extends Permission>(request: Request, needs: readonly P[]): Promise<Access<P>> {
  try {
    const access = await requireApiAccess(request, ...needs)
    limitRate('requests', actorKey(access))
    return access
  } catch (error) {
    const isRefused = error instanceof UnauthenticatedError || error instanceof ForbiddenError
    if (isRefused) limitRate('refused', networkOf(clientIp(request.headers)))
    throw error
  }
}

/** The answer to a request that failed, as an RFC 9457 document in the reader's language. */
export async function answerError(request: Request, error: unknown): Promise<Response> {
  logRefusedInput(error, clientIp(request.headers), new URL(request.url).pathname)
  return secured(await problemOf(request, error))
}

// The response is data, never a page, whatever text a report put into it.
function secured(response: Response): Response {
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('content-security-policy', API_POLICY)
  return response
}

/** JSON that must not be cached: another reader may not have the same access. */
export function json(body: unknown, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** The RFC 9457 document of an error. An unexpected error is logged with an id, and only the id is shown. */
async function problemOf(request: Request, thrown: unknown): Promise<Response> {
  const outage = outageOf(thrown)
  if (outage) log.error({ err: thrown, path: new URL(request.url).pathname }, `request failed: ${outage}`)
  const error = outage ? outageError(outage) : thrown
  const t = await errorTranslator(negotiateLocale(request.headers.get('accept-language')))
  if (error instanceof AppError) {
    const [status, title] = STATUS[error.code]
    const { seconds } = error.params
    const headers = RETRIED.includes(status) && seconds !== undefined ? { 'retry-after': String(seconds) } : {}
    const more = error.field ? { field: error.field } : {}
    return problem(status, title, error.code, errorSentence(t, error), more, headers)
  }
  if (error instanceof UnauthenticatedError) {
    const detail = t(error.reason) ?? ''
    return problem(401, 'Unauthorized', 'unauthenticated', detail, {}, { 'www-authenticate': 'Bearer realm="Hinomi"' })
  }
  if (error instanceof z.ZodError) {
    const errors = error.issues.map(issue => ({
      path: issue.path.join('.'),
      message: issueSentence(t, { ...issue }),
    }))
    const code = error.issues.every(isRefusedNow) ? 'conflict' : 'invalid'
    const [status, title] = STATUS[code]
    return problem(status, title, code, t('invalid') ?? '', { errors })
  }
  const id = randomUUID()
  log.error({ id, err: error, path: new URL(request.url).pathname }, 'request failed')
  return problem(500, 'Internal Server Error', 'unexpected', unexpectedSentence(t, id), { instance: `urn:uuid:${id}` })
}

/** Whether a value violates a rule that no schema can express, such as one about the current time: its parameters contain `now`. */
function isRefusedNow(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.params?.now === true
}

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const
type Method = (typeof METHODS)[number]
type Refusing = (request: Request) => Promise<Response>

/**
 * Handlers of the methods that a route does not have, and of OPTIONS. Next.js would refuse them without the required Allow
 * header: https://www.rfc-editor.org/rfc/rfc9110.html#name-405-method-not-allowed
 */
export function refuseOthers<M extends Method>(...allowed: M[]): Record<Exclude<Method, M> | 'OPTIONS', Refusing> {
  const methods: readonly Method[] = allowed
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  const refuse: Refusing = async request => {
    const t = await errorTranslator(negotiateLocale(request.headers.get('accept-language')))
    const detail = t('methodNotAllowed') ?? ''
    return secured(problem(405, 'Method Not Allowed', 'method_not_allowed', detail, {}, { allow }))
  }
  const options: Refusing = async () => secured(new Response(null, { status: 204, headers: { allow } }))
  const all: Record<Method | 'OPTIONS', Refusing> = {
    DELETE: refuse,
    GET: refuse,
    PATCH: refuse,
    POST: refuse,
    PUT: refuse,
    OPTIONS: options,
  }
  return all
}

function problem(
  status: number,
  title: string,
  code: string,
  detail: string,
  more: Record<string, unknown>,
  headers: Record<string, string> = {},
): Response {
  return json({ type: 'about:blank', title, status, detail, code, ...more }, status, {
    'content-type': 'application/problem+json',
    ...headers,
  })
}

/** A body has a few short fields: a larger one is a mistake. */
const MOST = 64 * 1024

/** The body of a request as JSON. Throws `too_large`, and `invalid` if it is not JSON. */
export async function jsonBody(request: Request, most = MOST): Promise<unknown> {
  const body = await readBody(request, most)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new AppError('invalid', { reason: 'notJson' })
  }
}

/** The body of a request. Throws `too_large` as soon as more than `most` bytes have arrived. */
export async function readBody(request: Request, most: number): Promise<Buffer> {
  const reader = request.body?.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.length
    if (size > most) {
      await reader?.cancel()
      throw new AppError('too_large')
    }
    parts.push(next.value)
  }
  return Buffer.concat(parts)
}
