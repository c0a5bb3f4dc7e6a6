import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limitBodies } from '../../lib/access/api/upload-time'

const LIMIT_MS = 2000

interface Sent {
  /** The answer; null if the connection was closed. */
  status: number | null
  /** Of the server, at the end. */
  requestTimeout: number
}

/** Sends a body in several pieces, or one piece without an end, to a server of its own. */
async function send(path: string, pieces: number | 'stalled'): Promise<Sent> {
  const server = createServer((asked, response) => {
    limitBodies(server, asked, response, LIMIT_MS)
    asked.on('data', () => {})
    asked.on('error', () => {})
    asked.on('end', () => response.end('read'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asking = request({ port, host: '127.0.0.1', method: 'POST', path, agent: false })
  const answer = new Promise<number | null>(done => {
    asking.on('response', response => done(response.resume().statusCode ?? 0))
    asking.on('error', () => done(null))
  })
  asking.write('x')
  if (pieces !== 'stalled') {
    for (let sent = 0; sent < pieces && !asking.destroyed; sent++) {
      await sleep(300)
      asking.write('x')
    }
    asking.end()
  }
  const status = await answer
  server.closeAllConnections()
  server.close()
  return { status, requestTimeout: server.requestTimeout }
}

// At the same time: they wait.
test.concurrent('an upload continues as long as data arrives', async () => {
  expect(await send('/api/v1/imports?wait=true', 15)).toEqual({ status: 200, requestTimeout: 0 })
})

test.concurrent.each(['/api/v1/imports', '/api/auth/callback/credentials', '/sign-in'])(
  'a body that stalls ends: %s',
  async path => {
    expect(await send(path, 'stalled')).toMatchObject({ status: null })
  },
)

test.concurrent.each(['/api/v1/importsx', '/api/v1/imports/1/confirm', '/findings'])(
  'another body has its time: %s',
  async path => {
    expect(await send(path, 15)).toMatchObject({ status: null })
  },
)

test.concurrent('a short body is no matter', async () => {
  expect(await send('/findings', 0)).toMatchObject({ status: 200 })
})
