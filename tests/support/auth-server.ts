import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NextApiRequest, NextApiResponse } from 'next'
import NextAuth from 'next-auth'
import { authOptions } from '../../app/api/auth/[...nextauth]/options'
import { signingBrowser } from '../../lib/access/session/session'
import { oidcProviders } from '../../lib/access/sign-in/providers'

/** next-auth with our settings on plain HTTP, and a browser with cookies that connects to it. */
export async function startAuthServer() {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = await read(request)
    const asked = Object.assign(request, {
      query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) },
      cookies: cookiesOf(request.headers.cookie ?? ''),
      body: Object.fromEntries(new URLSearchParams(body)),
    })
    const answer = Object.assign(response, {
      status: (code: number) => Object.assign(answer, { statusCode: code }),
      json: (value: unknown) => answer.setHeader('content-type', 'application/json').end(JSON.stringify(value)),
      send: (value: unknown) => answer.end(typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')),
    })
    const headers = new Headers({
      cookie: request.headers.cookie ?? '',
      'user-agent': request.headers['user-agent'] ?? '',
    })
    const options = authOptions(
      '192.0.2.50',
      await signingBrowser(headers),
      await oidcProviders(asked.query.nextauth[1]),
    )
    await NextAuth(asked as unknown as NextApiRequest, answer as unknown as NextApiResponse, options)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => new Promise<void>(done => server.close(() => done())) }
}

/** A browser that stores the cookies of the auth server and follows no redirect. */
export class Browser {
  readonly cookies = new Map<string, string>()
  constructor(readonly origin: string) {}

  async get(url: string): Promise<Response> {
    return this.keep(await fetch(new URL(url, this.origin), { redirect: 'manual', headers: this.headers() }))
  }

  async post(path: string, fields: Record<string, string>): Promise<Response> {
    const { csrfToken } = (await (await this.get('/api/auth/csrf')).json()) as { csrfToken: string }
    const body = new URLSearchParams({ csrfToken, json: 'true', ...fields })
    return this.keep(
      await fetch(new URL(path, this.origin), { method: 'POST', body, redirect: 'manual', headers: this.headers() }),
    )
  }

  private headers() {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  }

  private keep(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const cut = pair.indexOf('=')
      this.cookies.set(pair.slice(0, cut), pair.slice(cut + 1))
    }
    return response
  }
}

function cookiesOf(header: string): Record<string, string> {
  const pairs = header
    .split('; ')
    .filter(Boolean)
    .map(pair => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))])
  return Object.fromEntries(pairs)
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += part
  return text
}
