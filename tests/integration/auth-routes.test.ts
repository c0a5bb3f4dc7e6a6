import { NextRequest } from 'next/server'
import { afterAll, describe, expect, test } from 'vitest'
import { guard } from '../../app/api/auth/[...nextauth]/guard'
import { POST } from '../../app/api/auth/[...nextauth]/route'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool } from '../../lib/db'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'

import { Browser, startAuthServer } from '../support/auth-server'
import { addMember } from '../support/people'

afterAll(closeDatabase)

const FORM = 'application/x-www-form-urlencoded'

interface Sent {
  method?: string
  type?: string
  length?: number
  body?: BodyInit
}

function request(path: string, { method = 'GET', type, length, body }: Sent = {}): NextRequest {
  const headers = new Headers(type ? { 'content-type': type } : {})
  if (length !== undefined) headers.set('content-length', String(length))
  const streamed = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
  return new NextRequest(`http://localhost/api/auth/${path}`, {
    method,
    headers,
    ...(body ? { body } : {}),
    ...streamed,
  })
}

async function guarded(path: string, sent: Sent = {}): Promise<NextRequest | Response> {
  return guard(request(path, sent), path.split('?')[0]?.split('/') ?? [])
}

async function statusOf(path: string, sent: Sent = {}): Promise<number | 'passed'> {
  const answer = await guarded(path, sent)
  return answer instanceof Response ? answer.status : 'passed'
}

/** A body without end, and how much of it was taken. */
function endless() {
  const taken = { bytes: 0 }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += 4096
      controller.enqueue(new Uint8Array(4096).fill(97))
    },
  })
  return { body, taken }
}

describe('of next-auth', () => {
  test.each([
    ['GET', 'csrf'],
    ['GET', 'providers'],
    ['POST', 'callback/credentials'],
    ['POST', 'callback/passkey'],
    ['POST', 'signin/oidc'],
    ['GET', 'callback/oidc'],
  ])('%s %s is reachable', async (method, path) => {
    const sent = method === 'POST' ? { method, type: FORM, body: 'csrfToken=x' } : { method }
    expect(await statusOf(path, sent)).toBe('passed')
  })

  test('a sign-in passes only the request to authenticate again to a provider', async () => {
    const sent = { method: 'POST', type: FORM, body: 'csrfToken=x' }
    const passed = await guarded(
      'signin/oidc?prompt=login&max_age=0&state=x&nonce=x&redirect_uri=https://evil.example',
      sent,
    )
    expect(passed.url).toBe('http://localhost/api/auth/signin/oidc?prompt=login&max_age=0')
  })

  test.each([
    '_log',
    'session',
    'signout',
    'verify-request',
    'callback',
    'csrf/x',
    'providers/x',
    'signin/oidc/x',
    'constructor',
    '__proto__',
    '',
  ])('no other route is reachable: %s', async path => {
    for (const method of ['GET', 'POST', 'PUT']) {
      expect(await statusOf(path, { method, ...(method === 'GET' ? {} : { type: FORM, body: 'x=1' }) })).toBe(404)
    }
  })

  test.each([
    ['POST', 'csrf', 'GET'],
    ['HEAD', 'csrf', 'GET'],
    ['POST', 'error', 'GET'],
    ['GET', 'callback/credentials', 'POST'],
    ['GET', 'signin/oidc', 'POST'],
    ['POST', 'callback/oidc', 'GET'],
    ['DELETE', 'callback/oidc', 'GET'],
  ])('another method gets 405: %s %s', async (method, path, allow) => {
    const answer = await guarded(path, { method })
    expect(answer).toMatchObject({ status: 405 })
    expect(answer.headers.get('allow')).toBe(allow)
  })

  test('the error page carries only codes to the sign-in page', async () => {
    const locationOf = async (path: string) => (await guarded(path)).headers.get('location')
    expect(await locationOf('error?error=OAuthCallback')).toBe('/sign-in?error=OAuthCallback')
    expect(await locationOf('error?error=Invalid%20prisma.member')).toBe('/sign-in')
    expect(await locationOf('signin?csrf=true&callbackUrl=https://evil.example')).toBe('/sign-in')
  })
})

describe('the body of a request before sign-in', () => {
  const post = (sent: Sent) =>
    POST(request('callback/credentials', { method: 'POST', type: FORM, ...sent }), {
      params: Promise.resolve({ nextauth: ['callback', 'credentials'] }),
    })

  test('is refused by its announced length before it is read', async () => {
    const { body, taken } = endless()
    const answer = await post({ body, length: 1_200_000_000 })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'too_large', detail: 'This is too large.' })
    expect(taken.bytes).toBeLessThanOrEqual(8192)
  })

  test('is refused after 16 KB if no length is announced', async () => {
    const { body, taken } = endless()
    expect((await post({ body })).status).toBe(413)
    expect(taken.bytes).toBeLessThan(32 * 1024)
  })

  test('reaches next-auth unchanged if it is small', async () => {
    const text = `email=a%40example.com&password=${'x'.repeat(15_000)}`
    const answer = await guarded('callback/credentials', { method: 'POST', type: FORM, body: text })
    expect(answer).toBeInstanceOf(NextRequest)
    expect(await answer.text()).toBe(text)
  })

  test('is refused as JSON, which next-auth would parse without a check', async () => {
    expect(await statusOf('callback/credentials', { method: 'POST', type: 'application/json', body: '{' })).toBe(415)
  })
})

describe('an address at sign-in', () => {
  test.each(['x@example.com\u0000', 'vİewer@example.com', 'ｖiewer@example.com', 'no address'])(
    '%j is wrong like any other, and is not counted',
    async email => {
      await pool().query('TRUNCATE sign_in_attempt')
      const server = await startAuthServer()
      const browser = new Browser(server.url)
      const answer = await browser.post('/api/auth/callback/credentials', { email, password: 'wrong' })
      const { url } = (await answer.json()) as { url: string }
      expect(url).toContain('error=CredentialsSignin')
      expect(url).not.toMatch(/prisma|invocation/i)
      await server.close()
      expect((await pool().query('SELECT FROM sign_in_attempt')).rowCount).toBe(0)
    },
  )

  test('is looked up only in the spelling under which its attempts are counted', async () => {
    const password = 'correct horse battery'
    await addMember('viewer', { email: 'viewer@example.com', passwordHash: await hashPassword(password) })
    expect(await signInWithPassword({ email: 'vİewer@example.com', password }, null)).toBeNull()
    expect(await signInWithPassword({ email: 'Viewer@Example.com', password }, null)).not.toBeNull()
  })
})

test('an unexpected error at sign-in is not written into an address', async () => {
  const server = await startAuthServer()
  const browser = new Browser(server.url)
  await pool().query('ALTER TABLE sign_in_attempt RENAME TO sign_in_attempt_gone')
  try {
    const answer = await browser.post('/api/auth/callback/credentials', { email: 'a@example.com', password: 'x' })
    expect(((await answer.json()) as { url: string }).url).toMatch(/\/error\?error=Default$/)
  } finally {
    await pool().query('ALTER TABLE sign_in_attempt_gone RENAME TO sign_in_attempt')
    await server.close()
  }
})
