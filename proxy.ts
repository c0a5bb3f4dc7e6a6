import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'

const OPEN = /^\/(sign-in|setup|invite)(\/|$)/
const SESSION_COOKIES = ['__Secure-next-auth.session-token', 'next-auth.session-token']

/**
 * Puts the security headers on every page and sends those without a session cookie to sign-in. It guards nothing: whether the
 * cookie is worth anything is decided by requireAccess, beside the data.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const signedIn = SESSION_COOKIES.some(name => request.cookies.has(name))
  if (reading && !signedIn && !OPEN.test(pathname)) {
    const target = new URL('/sign-in', request.url)
    if (pathname !== '/' || search) target.searchParams.set('callbackUrl', `${pathname}${search}`)
    return secured(NextResponse.redirect(target))
  }
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set('x-nonce', nonce)
  headers.set('x-hinomi-path', `${pathname}${search}`)
  const response = secured(NextResponse.next({ request: { headers } }))
  response.headers.set('content-security-policy', policy)
  if (pathname === '/sign-in' && request.nextUrl.searchParams.has('signedOut'))
    response.headers.set('clear-site-data', '"cache", "storage"')
  return response
}

export const config = {
  // Not the API: its large uploads would be copied into memory here, and its answers are no pages.
  matcher: ['/((?!api/|_next/static/|_next/image|favicon\\.ico|icon\\.|apple-icon|manifest\\.).*)'],
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

function secured(response: NextResponse): NextResponse {
  const { headers } = response
  headers.set('x-content-type-options', 'nosniff')
  headers.set('x-frame-options', 'DENY')
  headers.set('referrer-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (isHttps()) headers.set('strict-transport-security', 'max-age=31536000')
  return response
}

function isHttps(): boolean {
  return process.env.HINOMI_URL?.startsWith('https://') ?? false
}
