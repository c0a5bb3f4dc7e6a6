import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NextRequest } from 'next/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { API_POLICY } from '../../lib/access/api/answer-headers'
import { config, proxy } from '../../proxy'

// There is no database here.
vi.mock('../../lib/health/health', () => ({ currentHealth: async () => ({ status: 'ok', reasons: [] }) }))

afterEach(() => {
  vi.unstubAllEnvs()
})

interface Answer {
  status: number | undefined
  headers: Record<string, unknown>
  method: string
}

/** What a server answers that knows nothing of headers, in a process with this address. */
async function ask(url: string, method: string, path = '/_next/static/x'): Promise<Answer> {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  vi.stubEnv('HINOMI_URL', url)
  delete (globalThis as { hinomiAnswersWatched?: boolean }).hinomiAnswersWatched
  const { secureAnswers } = await import('../../lib/access/api/answer-headers')
  secureAnswers()
  let seen = ''
  const server = createServer((asked, response) => {
    seen = asked.method ?? ''
    response.statusCode = asked.method === 'OPTIONS' ? 204 : 404
    response.setHeader('content-type', new URL(asked.url ?? '', 'http://x').searchParams.get('type') ?? 'image/png')
    response.end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise((done, fail) => {
      request({ port, host: '127.0.0.1', method, path, agent: false }, response => {
        response.resume()
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, method: seen }))
      })
        .on('error', fail)
        .end()
    })
  } finally {
    server.close()
  }
}

describe('every answer', () => {
  test('has the fixed headers, and HSTS with https', async () => {
    const { headers } = await ask('https://hinomi.example.com', 'GET')
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    })
  })

  test.each(['/api/v1/findings', '/api/nothing', 'http://localhost/api/auth/csrf'])(
    'of %s is never a page',
    async path => {
      const { headers } = await ask('http://localhost', 'GET', path)
      expect(headers['content-security-policy']).toBe(API_POLICY)
    },
  )

  test.each([
    ['text/x-component', 'text/x-component; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['image/svg+xml', 'image/svg+xml; charset=utf-8'],
    ['text/css; charset=UTF-8', 'text/css; charset=UTF-8'],
    ['application/json', 'application/json'],
    ['image/png', 'image/png'],
  ])('of the type %s has the type %s', async (type, expected) => {
    const { headers } = await ask('http://localhost', 'GET', `/?type=${encodeURIComponent(type)}`)
    expect(headers['content-type']).toBe(expected)
  })

  test('to TRACE is the same as to a method without a handler', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'COPY']) {
      expect(await ask('http://localhost', method)).toMatchObject({ method: 'PROPFIND' })
      // The server of this test answers everything with 404, and OPTIONS with 204.
      expect(await ask('http://localhost', method, '/api/v1/findings')).toMatchObject({
        method: 'OPTIONS',
        status: 405,
      })
    }
    expect(await ask('http://localhost', 'OPTIONS', '/api/v1/findings')).toMatchObject({ status: 204 })
    expect((await ask('http://localhost', 'DELETE', '/api/v1/findings')).method).toBe('DELETE')
  })
})

test('HSTS is not sent without https', async () => {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  vi.stubEnv('HINOMI_URL', 'http://localhost:3000')
  const { fixedHeaders } = await import('../../lib/access/api/answer-headers')
  expect(Object.keys(fixedHeaders())).not.toContain('strict-transport-security')
})

describe('the policy of pages', () => {
  const [matcher = ''] = config.matcher
  const pattern = new RegExp(`^${matcher}$`)

  test.each([
    '/',
    '/findings',
    '/icon.foo',
    '/icon.svgx',
    '/icon.svg/x',
    '/icon',
    '/apple-icon',
    '/manifest.x',
    '/manifest.webmanifest',
    '/favicon.ico',
    '/favicon.icoX',
    '/_next/imagex',
    '/_next/image/x',
    '/apix',
  ])('is on %s', path => {
    expect(pattern.test(path)).toBe(true)
  })

  test.each(['/api/v1/imports', '/_next/static/chunks/x.js', '/icon.svg', '/_next/image'])(
    'is not needed on %s',
    path => {
      expect(pattern.test(path)).toBe(false)
    },
  )
})

describe('pages', () => {
  beforeEach(() => {
    vi.stubEnv('HINOMI_URL', 'https://hinomi.example.com')
    vi.stubEnv('DATABASE_URL', 'postgresql://localhost/nowhere')
    vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'PROPFIND'])('answer %s with 405', async method => {
    const answer = await proxy(new NextRequest('http://localhost/findings', { method }))
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
  })

  test('refuse server actions without an Origin header', async () => {
    const send = (headers: Record<string, string>) =>
      proxy(new NextRequest('http://localhost/findings', { method: 'POST', headers }))
    expect((await send({ 'next-action': 'x' })).status).toBe(403)
    expect((await send({ 'next-action': 'x', origin: 'http://localhost' })).status).toBe(200)
  })

  test('accept the session cookie only with the __Host- prefix', async () => {
    const ask = (cookie: string) => proxy(new NextRequest('http://localhost/findings', { headers: { cookie } }))
    expect((await ask('__Host-next-auth.session-token=x')).headers.get('location')).toBeNull()
    expect((await ask('__Secure-next-auth.session-token=x')).headers.get('location')).toContain('/sign-in')
  })
})
