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

/** What the API sends is data, whatever a report put into it: never a page. */
export const API_POLICY =
  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// Also in the absolute form of a request's target, which proxies use.
const API = /^(?:https?:\/\/[^/]*)?\/api\//i

/** Every method that a route handler of Next.js may have. */
const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Headers that hold for whatever is sent: pages, the API, static files, errors. Pages have a stricter policy besides: proxy.ts. */
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
 * Sets the fixed headers on every answer before Next.js sees its request: headers of next.config.js would be those of the time
 * of the build. Runs once per process, from instrumentation.ts.
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
    // Here, since Next.js drops what a route handler sets where there is a header of that name.
    const isApi = API.test(request.url ?? '')
    if (isApi) response.setHeader('content-security-policy', API_POLICY)
    if (METHODS.has(request.method ?? '')) return
    if (isApi) answerAsOptions(request, response)
    // Pages are refused in proxy.ts. No Request of the fetch standard can carry TRACE.
    else request.method = 'PROPFIND'
  })
}

/**
 * Route handlers of Next.js answer other methods with 400, and TRACE with 500. What OPTIONS is answered with has the Allow header that
 * belongs to 405: only its status is wrong.
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

// Text and SVG, whose bytes a browser could else read in another encoding: https://www.rfc-editor.org/rfc/rfc6657
const TEXT = /^(?:text\/[\w.+-]+|[\w.-]+\/[\w.-]+\+xml)$/i

/** Adds the encoding, which is always UTF-8, to the type of a text that Next.js sends without one. */
function nameCharset(response: ServerResponse): void {
  const set = response.setHeader.bind(response)
  response.setHeader = (name, value) => {
    const isBareText = name.toLowerCase() === 'content-type' && typeof value === 'string' && TEXT.test(value)
    return set(name, isBareText ? `${value}; charset=utf-8` : value)
  }
}
