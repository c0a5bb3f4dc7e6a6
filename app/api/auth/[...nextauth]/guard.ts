import { NextRequest } from 'next/server'
import { AppError } from '@/lib/errors'
import { readBody } from '@/lib/route'

/** A sign-in is two short fields and a token. */
const MAX_BODY_BYTES = 16 * 1024

/** Error codes of next-auth are words; any other text in the address is ignored. */
const ERROR_CODE = /^[A-Za-z]{1,40}$/

/** Providers whose answer comes from a form of Hinomi and not from another site. */
const FORMS: readonly string[] = ['credentials', 'passkey']

/**
 * The part of next-auth that the product uses. Everything else of it, such as `_log` and `signout`, is not reachable.
 */
const ROUTES: Record<string, (provider: string | undefined) => readonly string[]> = {
  csrf: provider => (provider ? [] : ['GET']),
  providers: provider => (provider ? [] : ['GET']),
  signin: provider => (provider ? ['POST'] : ['GET']),
  callback: provider => (provider && FORMS.includes(provider) ? ['POST'] : provider ? ['GET'] : []),
  error: provider => (provider ? [] : ['GET']),
}

/**
 * The request for next-auth, with its body in memory, or the answer to a refused request. Throws `too_large` for a body
 * of more than 16 KB, before more than that is read.
 */
export async function guard(request: NextRequest, segments: readonly string[]): Promise<NextRequest | Response> {
  const [name = '', provider, ...rest] = segments
  const methods = rest.length === 0 && Object.hasOwn(ROUTES, name) ? (ROUTES[name]?.(provider) ?? []) : []
  if (methods.length === 0) return refusal(404)
  if (!methods.includes(request.method)) return refusal(405, { allow: methods.join(', ') })
  if (request.method !== 'POST') return provider || !isPage(name) ? request : toSignIn(request)
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw new AppError('too_large')
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  // next-auth also reads JSON and fails with 500 if it is malformed.
  if (type !== 'application/x-www-form-urlencoded') return refusal(415)
  const body = await readBody(request, MAX_BODY_BYTES)
  return new NextRequest(signInUrl(request), { method: 'POST', headers: request.headers, body: new Uint8Array(body) })
}

/** Additional parameters of a sign-in at a provider: to authenticate the person again. */
const PARAMETERS = ['prompt', 'max_age']

// next-auth passes every parameter of the address to the provider, and they override its own, such as state and nonce.
function signInUrl(request: NextRequest): URL {
  const url = new URL(request.url)
  for (const name of new Set(url.searchParams.keys())) if (!PARAMETERS.includes(name)) url.searchParams.delete(name)
  return url
}

function isPage(name: string): boolean {
  return name === 'error' || name === 'signin'
}

/** Both pages of next-auth are our sign-in page; next-auth would also copy strangers' text into its address. */
function toSignIn(request: NextRequest): Response {
  const code = request.nextUrl.searchParams.get('error')
  return refusal(302, { location: code && ERROR_CODE.test(code) ? `/sign-in?error=${code}` : '/sign-in' })
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store', ...headers } })
}
