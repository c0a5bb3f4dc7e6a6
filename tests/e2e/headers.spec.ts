import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type APIResponse, expect, test } from '@playwright/test'

const API_POLICY =
  "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

const PATHS = [
  '/sign-in',
  '/findings',
  '/nowhere/at/all',
  '/icon.svg',
  '/icon.foo',
  '/manifest.webmanifest',
  '/_next/static/nothing.js',
  '/_next/image?url=%2Ficon.svg&w=64&q=75',
  '/api/health',
  '/api/nothing',
  '/api/v1/openapi.json',
  '/api/v1/findings',
  '/api/auth/csrf',
  '/api/auth/_log',
]

/** Every value of a header, also where it is sent several times. */
function valuesOf(answer: APIResponse, name: string): string[] {
  return answer
    .headersArray()
    .filter(header => header.name.toLowerCase() === name)
    .map(header => header.value)
}

for (const path of PATHS) {
  test(`the fixed headers are on ${path}`, async ({ playwright, baseURL }) => {
    const stranger = await playwright.request.newContext({ baseURL: baseURL ?? '' })
    for (const method of ['GET', 'POST', 'PUT']) {
      const answer = await stranger.fetch(path, { method, maxRedirects: 0 })
      expect(answer.status(), `${method} ${path}`).toBeLessThan(500)
      expect(valuesOf(answer, 'content-security-policy').join()).toContain("frame-ancestors 'none'")
      expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff'])
      expect(valuesOf(answer, 'x-frame-options')).toEqual(['DENY'])
      expect(valuesOf(answer, 'referrer-policy')).toEqual(['same-origin'])
    }
    await stranger.dispose()
  })
}

test('pages that look like files have the policy of pages', async ({ request }) => {
  for (const path of ['/icon.foo', '/apple-icon', '/manifest.x', '/manifest.webmanifest', '/favicon.icoX']) {
    const answer = await request.get(path, { maxRedirects: 0 })
    const policies = valuesOf(answer, 'content-security-policy').join()
    if (answer.status() === 200) expect(policies).toContain("script-src 'self' 'nonce-")
    else expect([307, 404]).toContain(answer.status())
  }
})

test('images are not resized', async ({ request }) => {
  expect((await request.get('/_next/image?url=%2Ficon.svg&w=64&q=75')).status()).toBe(404)
})

test('a method that nothing handles is refused, with those that are', async ({ request }) => {
  const allowed = [
    ['/sign-in', 'GET, HEAD, POST, OPTIONS'],
    ['/findings', 'GET, HEAD, POST, OPTIONS'],
    ['/icon.svg', null],
    ['/api/health', 'GET, HEAD, OPTIONS'],
    ['/api/v1/findings', 'GET, HEAD, OPTIONS'],
    ['/api/v1/imports', 'POST, OPTIONS'],
    ['/api/v1/due-policy', 'GET, PUT, HEAD, OPTIONS'],
    ['/api/v1/openapi.json', 'GET, HEAD, OPTIONS'],
    ['/api/auth/csrf', 'GET'],
  ] as const
  for (const method of ['TRACE', 'PROPFIND', 'DELETE']) {
    for (const [path, allow] of allowed) {
      const answer = await request.fetch(path, { method })
      expect(answer.status(), `${method} ${path}`).toBe(405)
      if (allow) expect(answer.headers().allow, `${method} ${path}`).toBe(allow)
      else expect(answer.headers().allow).toContain('GET')
    }
  }
})

test('nothing of the API can be a page', async ({ request }) => {
  for (const path of ['/api/v1/findings', '/api/v1/openapi.json', '/api/health', '/api/auth/csrf', '/api/nothing']) {
    const policies = valuesOf(await request.get(path), 'content-security-policy')
    expect(policies).toEqual([API_POLICY])
  }
})

test('every text names its encoding', async ({ request }) => {
  const page = await (await request.get('/sign-in')).text()
  const script = /\/_next\/static\/[^"]+\.js/.exec(page)?.[0] ?? ''
  const style = /\/_next\/static\/[^"]+\.css/.exec(page)?.[0] ?? ''
  for (const path of ['/sign-in', '/icon.svg', script, style, '/nowhere.txt', '/_next/static/nothing.js']) {
    const answer = await request.get(path, { maxRedirects: 0 })
    const type = answer.headers()['content-type']
    if (answer.status() !== 307) expect(type, path).toMatch(/^[a-z]+\/[a-z+]+; ?charset=utf-8$/i)
  }
  const part = await request.get('/sign-in', { headers: { rsc: '1' } })
  expect(part.headers()['content-type']).toBe('text/x-component; charset=utf-8')
})

test('nothing of the source folder is served', async ({ request }) => {
  for (const path of [
    '/.git/config',
    '/.env',
    '/package.json',
    '/lib/env.ts',
    '/_next/static/',
    '/tests/',
    '/.hinomi/secrets.json',
  ]) {
    const answer = await request.get(path, { maxRedirects: 0 })
    expect([307, 308, 404], path).toContain(answer.status())
  }
})

test('a request with two statements of its length is refused', async ({ baseURL }) => {
  const { port } = new URL(baseURL ?? '')
  for (const lengths of ['Content-Length: 4\r\nTransfer-Encoding: chunked', 'Content-Length: 4\r\nContent-Length: 5']) {
    const answer = await new Promise<string>((done, fail) => {
      let text = ''
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(`POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n\r\n0\r\n\r\n`)
      })
      socket.on('data', part => {
        text += part
      })
      socket.on('error', fail)
      socket.on('close', () => done(text))
    })
    expect(answer, lengths).toMatch(/^HTTP\/1\.1 400 /)
  }
})

test('of next-auth only the part in use is reachable', async ({ request }) => {
  const post = (path: string, body: string) =>
    request.post(path, { headers: { 'content-type': 'application/x-www-form-urlencoded' }, data: body })
  expect((await post('/api/auth/_log', 'level=error&code=SIGNIN')).status()).toBe(404)
  expect((await post('/api/auth/signout', 'x=1')).status()).toBe(404)
  const large = await post('/api/auth/callback/credentials', 'x'.repeat(1024 * 1024))
  expect(large.status()).toBe(413)
  expect(await large.json()).toMatchObject({ code: 'too_large' })
})

test('without HINOMI_URL on https nobody else in the network can connect', async ({ baseURL }) => {
  const { port } = new URL(baseURL ?? '')
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter(address => address?.family === 'IPv4' && !address.internal)
  for (const address of addresses) {
    await expect(fetch(`http://${address?.address}:${port}/api/health`)).rejects.toThrow()
  }
})
