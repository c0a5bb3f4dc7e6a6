import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const

const routes = readdirSync(fromRoot('app/api'), { recursive: true })
  .map(String)
  .filter(path => path.endsWith('route.ts') && !path.includes('[...'))

type Handler = (request: Request) => Promise<Response>

test.each(routes)('%s refuses unsupported methods, and lists the supported ones', async path => {
  const handlers: Record<string, Handler> = await import(join(fromRoot('app/api'), path))
  const ask = (method: string) => handlers[method]?.(new Request('http://localhost/api', { method }))
  const options = await ask('OPTIONS')
  expect(options?.status).toBe(204)
  const allow = options?.headers.get('allow') ?? ''
  const allowed = METHODS.filter(method => allow.split(', ').includes(method))
  expect(allowed.length).toBeGreaterThan(0)
  for (const method of METHODS.filter(each => !allowed.includes(each))) {
    const answer = await ask(method)
    expect(answer?.status).toBe(405)
    expect(answer?.headers.get('allow')).toBe(allow)
    expect(answer?.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer?.json()).toMatchObject({
      status: 405,
      code: 'method_not_allowed',
      detail: expect.stringMatching(/./),
    })
  }
  for (const method of allowed) expect(handlers[method]).toBeTypeOf('function')
  expect(allow.includes('HEAD')).toBe(allowed.includes('GET'))
})

test('every route of the API is looked at', () => {
  expect(routes.length).toBeGreaterThan(12)
})
