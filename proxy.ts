import { hash, randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { limitRate } from './lib/access/api/rate-limit'
import { clientIp, networkOf } from './lib/access/network/peer'
import { logRefusedInput } from './lib/access/refusals/refused-input'
import { hostCookieName } from './lib/access/session/host-cookie'
import { themeCookie, toTheme } from './lib/domain/people/theme'
import { AppError } from './lib/errors'
import { currentHealth } from './lib/health/health'
import { outagePage } from './lib/health/outage-page'
import { errorSentence, errorTranslator, isLocale, LOCALE_COOKIE, negotiateLocale, outagePageTexts } from './lib/locale'

const OPEN = /^\/(sign-in|setup|invite)(\/|$)/
const SESSION_COOKIES = ['__Host-next-auth.session-token', 'next-auth.session-token']

/** How old the last answer about the database may be when it is away. */
const PAGE_AGE_MS = 500

/** The methods of pages and server actions. */
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS']

/**
 * Adds the content security policy to every page and redirects requests without a session cookie to sign-in. It checks no
 * permission: requireAccess does, beside the data.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const refused = await refuseTooMany(request)
  if (refused) return refused
  const { pathname, search } = request.nextUrl
  if (!METHODS.includes(request.method)) {
    return new NextResponse(null, { status: 405, headers: { allow: METHODS.join(', ') } })
  }
  // Browsers name where a form or an action comes from. Next.js lets those pass that do not.
  if (request.method === 'POST' && !request.headers.has('origin')) {
    return new NextResponse(null, { status: 403, headers: { 'cache-control': 'no-store' } })
  }
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const signedIn = SESSION_COOKIES.some(name => request.cookies.has(name))
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy(nonce)
  if (reading && (await currentHealth(PAGE_AGE_MS)).status === 'down')
    return clearAfterSignOut(request, await answerOutage(request, nonce, policy))
  if (reading && !signedIn && !OPEN.test(pathname)) {
    const target = new URL('/sign-in', request.url)
    if (pathname !== '/' || search) target.searchParams.set('callbackUrl', `${pathname}${search}`)
    return NextResponse.redirect(target)
  }
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set('x-nonce', nonce)
  headers.set('x-hinomi-path', `${pathname}${search}`)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return clearAfterSignOut(request, response)
}

function clearAfterSignOut(request: NextRequest, response: NextResponse): NextResponse {
  const { pathname, searchParams } = request.nextUrl
  if (pathname === '/sign-in' && searchParams.has('signedOut'))
    response.headers.set('clear-site-data', '"cache", "storage"')
  return response
}

/** The answer to a network or a browser that asks for more pages than honest use does; null where it does not. */
async function refuseTooMany(request: NextRequest): Promise<NextResponse | null> {
  const ip = clientIp(request.headers)
  const session = SESSION_COOKIES.map(name => request.cookies.get(name)?.value).find(Boolean)
  try {
    if (session) limitRate('pages', hash('sha256', session))
    limitRate('network', networkOf(ip))
    return null
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    logRefusedInput(error, ip, request.nextUrl.pathname)
    const t = await errorTranslator(negotiateLocale(request.headers.get('accept-language')))
    const headers = { 'retry-after': String(error.params.seconds), 'cache-control': 'no-store' }
    return new NextResponse(errorSentence(t, error), { status: 429, headers })
  }
}

/** The answer to a page while the database is away, which Next.js would render as an error without a word. Actions answer by themselves. */
async function answerOutage(request: NextRequest, nonce: string, policy: string): Promise<NextResponse> {
  const headers = { 'retry-after': '5', 'cache-control': 'no-store', 'content-security-policy': policy }
  const chosen = request.cookies.get(hostCookieName(LOCALE_COOKIE))?.value
  const locale = isLocale(chosen) ? chosen : negotiateLocale(request.headers.get('accept-language'))
  const theme = toTheme(request.cookies.get(hostCookieName(themeCookie))?.value)
  const body = outagePage({ locale, theme, nonce, texts: await outagePageTexts(locale) })
  return new NextResponse(body, { status: 503, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
}

export const config = {
  // Not the API: its large uploads would be copied into memory here, and its answers are no pages. Single files by their whole names:
  // everything else may be a page, also where it looks like a file.
  matcher: ['/((?!api/|_next/static/|_next/image$|icon\\.svg$).*)'],
}

// React Aria and recharts place things by style attributes, which no nonce can cover; scripts need the nonce.
function contentSecurityPolicy(nonce: string): string {
  const dev = process.env.NODE_ENV === 'development'
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isHttps() ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

function isHttps(): boolean {
  return process.env.HINOMI_URL?.startsWith('https://') ?? false
}
