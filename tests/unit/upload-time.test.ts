import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { limitBodies } from '../../lib/access/api/upload-time'

const LIMIT_MS = 2000
const server = createServer((asked, response) => {
  limitBodies(server, asked, response, LIMIT_MS)
  asked.on('data', () => {})
  asked.on('error', () => {})
  asked.on('end', () => response.end('read'))
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  if (server.listening) await once(server, 'close')
})

/** Sends a body in several pieces, or one piece without an end; returns the answer, or null if the connection was closed. */
async function send(path: string, pieces: number | 'stalled'): Promise<number | null> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asking = request({ port, host: '127.0.0.1', method: 'POST', path, agent: false })
  const answer = new Promise<number | null>(done => {
    asking.on('response', response => done(response.resume().statusCode ?? 0))
    asking.on('error', () => done(null))
  })
  asking.write('x')
  if (pieces === 'stalled') return answer
  for (let sent = 0; sent < pieces && !asking.destroyed; sent++) {
    await sleep(300)
    asking.write('x')
  }
  asking.end()
  return answer
}

test('an upload continues as long as data arrives', async () => {
  expect(await send('/api/v1/imports?wait=true', 15)).toBe(200)
  expect(server.requestTimeout).toBe(0)
})

test.each(['/api/v1/imports', '/api/auth/callback/credentials', '/sign-in'])(
  'a body that stalls ends: %s',
  async path => {
    expect(await send(path, 'stalled')).toBeNull()
  },
)

test.each(['/api/v1/importsx', '/api/v1/imports/1/confirm', '/findings'])(
  'another body has its time: %s',
  async path => {
    expect(await send(path, 15)).toBeNull()
  },
)

test('a short body is no matter', async () => {
  expect(await send('/findings', 0)).toBe(200)
})
