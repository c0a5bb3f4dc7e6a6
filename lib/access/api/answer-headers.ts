import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isHttps } from '../../env'
import { limitBodies } from './upload-time'

/** https://nodejs.org/api/diagnostics_channel.html#event-httpserverrequeststart */
interface Started {
  request: IncomingMessage
  response: ServerResponse
  server: Server
}

const shared = globalThis as typeof globalThis & { hinomiAnswersWatched?: boolean }

/** The API sends data only: whatever a report put into it must never be rendered as a page. */
export const API_POLICY =
  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// Request targets may be in absolute form, which proxies use.
const API = /^(?:https?:\/\/[^/]*)?\/api\//i

/** Every method that a route handler of Next.js may have. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Headers of every response: pages, the API, static files, errors. Pages have an additional, stricter policy: proxy.ts. */
export function fixedHeaders(): Record<string, string> {
  return {
    'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), publickey-credentials-create=(self), publickey-credentials-get=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(isHttps() ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

/**
 * Sets the fixed headers on every response before Next.js handles its request: headers of next.config.js would be fixed at build time.
 * Runs once per process, from instrumentation.ts.
 */
export function secureAnswers(): void {
  if (shared.hinomiAnswersWatched) return
  shared.hinomiAnswersWatched = true
  const headers = Object.entries(fixedHeaders())
  subscribe('http.server.request.start', message => {
    const { request, response, server } = message as Started
    limitBodies(server, request, response)
    nameCharset(response)
    for (const [name, value] of headers) response.setHeader(name, value)
    // Here, since Next.js ignores a route handler's header where one of that name is already set.
    const isApi = API.test(request.url ?? '')
    if (isApi) response.setHeader('content-security-policy', API_POLICY)
    if (METHODS.has(request.method ?? '')) return
    if (isApi) answerAsOptions(request, response)
    // Pages are refused in proxy.ts. A fetch Request cannot have the method TRACE.
    else request.method = 'PROPFIND'
  })
}

/**
 * Route handlers of Next.js respond to other methods with 400, and to TRACE with 500. The response to OPTIONS has the Allow header that
 * a 405 needs: only its status is wrong.
 */
function answerAsOptions(request: IncomingMessage, response: ServerResponse): void {
  request.method = 'OPTIONS'
  let status = 405
  Object.defineProperty(response, 'statusCode', {
    get: () => status,
    set: (wanted: number) => {
      status = wanted < 300 ? 405 : wanted
    },
  })
}

// Text and SVG, which a browser could otherwise decode in another encoding: https://www.rfc-editor.org/rfc/rfc6657
const TEXT = /^(?:text\/[\w.+-]+|[\w.-]+\/[\w.-]+\+xml)$/i

/** Adds the charset, always UTF-8, to text types that Next.js sends without one. */
function nameCharset(response: ServerResponse): void {
  const set = response.setHeader.bind(response)
  response.setHeader = (name, value) => {
    const isBareText = name.toLowerCase() === 'content-type' && typeof value === 'string' && TEXT.test(value)
    return set(name, isBareText ? `${value}; charset=utf-8` : value)
  }
}
