import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { orThrow } from '@/components/ui/action-result'
import { installRecoveringFetch } from '@/components/ui/recovery/recovering-fetch'

type Answer = () => Response | Error

/** The answers of the server in order; the last one repeats. */
let pages: Answer[] = []
let healths: Answer[] = []
let asked: string[] = []

const up: Answer = () => Response.json({ status: 'ok', reasons: [] })
const down: Answer = () => Response.json({ status: 'down', reasons: [{ code: 'database_away' }] }, { status: 503 })
const away: Answer = () => new TypeError('Failed to fetch')
const page: Answer = () => new Response('a page')
const badGateway: Answer = () => new Response('<html>', { status: 502 })

function network(input: RequestInfo | URL): Promise<Response> {
  const path = String(input)
  asked.push(path)
  const answers = path === '/api/health' ? healths : pages
  const answer = (answers.length > 1 ? answers.shift() : answers[0])?.() ?? new Error('nothing to answer')
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
}

beforeAll(() => {
  vi.stubGlobal('window', Object.assign(new EventTarget(), { fetch: network }))
  vi.stubGlobal('fetch', network)
  installRecoveringFetch('no answer came')
})
beforeEach(() => {
  asked = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const navigation = { headers: { rsc: '1', 'next-router-state-tree': '[]' } }

/** Answers once every pause is over. */
async function settled(answer: Promise<Response>): Promise<Response> {
  const result = answer.catch((error: unknown) => error)
  for (let done = false; !done; ) {
    void result.finally(() => {
      done = true
    })
    await vi.advanceTimersByTimeAsync(10_000)
  }
  const value = await result
  if (value instanceof Response) return value
  throw value
}

test.each([
  ['the web server is away', away, away],
  ['a proxy finds no server', badGateway, badGateway],
  ['the database is away', () => new Response(null, { status: 503 }), down],
])('a navigation waits while %s', async (_name, failing, health) => {
  pages = [failing, page]
  healths = [health, health, health, up]
  const response = await settled(window.fetch('/findings?_rsc=1', navigation))
  expect(await response.text()).toBe('a page')
  expect(asked.filter(path => path.startsWith('/findings'))).toHaveLength(2)
})

test('a navigation that fails repeatedly while Hinomi is available is left to the browser', async () => {
  pages = [away]
  healths = [up]
  await expect(settled(window.fetch('/findings?_rsc=1', navigation))).rejects.toThrow('Failed to fetch')
  expect(asked.filter(path => path.startsWith('/findings'))).toHaveLength(5)
})

test('a prefetch, and any other request, is sent once', async () => {
  pages = [away]
  healths = [up]
  const prefetch = { headers: { rsc: '1', 'next-router-prefetch': '1' } }
  await expect(window.fetch('/findings?_rsc=1', prefetch)).rejects.toThrow('Failed to fetch')
  await expect(window.fetch('/api/v1/imports', { method: 'POST' })).rejects.toThrow('Failed to fetch')
  expect(asked).toHaveLength(2)
})

test.each([
  ['no answer', away],
  ['the answer of a proxy', badGateway],
])('an action that got %s is not repeated, and reports that', async (_name, failing) => {
  pages = [failing]
  healths = [up]
  const response = await window.fetch('/findings', { method: 'POST', headers: { 'next-action': 'abc' } })
  expect(response.headers.get('content-type')).toBe('text/x-component')
  expect(await response.text()).toBe('0:{"a":{"ok":false,"code":"unavailable","message":"no answer came"}}\n')
  expect(asked.filter(path => path === '/findings')).toHaveLength(1)
})

test('orThrow returns the data of an action, and throws its code without an answer', () => {
  expect(orThrow({ ok: true, data: ['a'] })).toEqual(['a'])
  expect(orThrow({ ok: true, data: null })).toBeNull()
  expect(() => orThrow({ ok: false, code: 'unavailable', message: 'no answer came' })).toThrow('unavailable')
})
