// @vitest-environment happy-dom
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

type Store = typeof import('../../../components/ui/recovery/health-store')

let server: Server
let store: Store
let requests = 0
let respond: RequestListener

const answerWith =
  (status: string, code = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status, reasons: [] }))
  }

beforeEach(async () => {
  requests = 0
  server = createServer((request, response) => {
    requests += 1
    respond(request, response)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  ;(window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL(`http://127.0.0.1:${port}/`)
  vi.resetModules()
  store = await import('../../../components/ui/recovery/health-store')
})

const close = () => new Promise(done => server.close(done).closeAllConnections())
afterEach(close)

test('the state of the server is known after the first answer, and listeners hear of changes only', async () => {
  const heard: string[] = []
  const stop = store.subscribe(() => heard.push(store.getConnection().status))
  respond = answerWith('degraded')
  await store.checkHealth()
  await store.checkHealth()
  respond = answerWith('ok')
  await store.checkHealth()
  stop()
  respond = answerWith('down', 503)
  await store.checkHealth()
  expect(heard).toEqual(['degraded', 'ok'])
  expect(store.getConnection().status).toBe('down')
})

test.each<[string, RequestListener]>([
  ['a page of a proxy', (_request, response) => response.writeHead(502).end('<html>Bad gateway</html>')],
  ['JSON of something else', (_request, response) => response.end('{"status":"UP"}')],
  ['a broken connection', request => request.socket.destroy()],
])('%s is no answer of Hinomi', async (_what, listener) => {
  respond = listener
  expect((await store.checkHealth()).status).toBe('unreachable')
  expect(store.isUp(store.getConnection())).toBe(false)
})

test('simultaneous checks share one request', async () => {
  respond = answerWith('ok')
  const [first, second] = await Promise.all([store.checkHealth(), store.checkHealth()])
  expect(first).toBe(second)
  expect(requests).toBe(1)
})

test('the state at render time counts until this browser has checked', async () => {
  store.seedConnection({ status: 'degraded', reasons: [] })
  expect(store.getConnection().status).toBe('degraded')
  respond = answerWith('ok')
  await store.checkHealth()
  store.seedConnection({ status: 'down', reasons: [] })
  expect(store.getConnection().status).toBe('ok')
})

test('the wait ends once the server is available again, and immediately when the browser goes online', async () => {
  respond = answerWith('down', 503)
  const up = store.waitUntilUp()
  await vi.waitFor(() => expect(requests).toBe(1))
  respond = answerWith('ok')
  window.dispatchEvent(new Event('online'))
  await up
  expect(store.getConnection().status).toBe('ok')
})
