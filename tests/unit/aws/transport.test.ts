import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { expect, test } from 'vitest'
import { Calls } from '../../../lib/aws/call/call'
import { createTransport } from '../../../lib/aws/call/clients'
import { RateLimiter } from '../../../lib/aws/call/rate'
import { CallSlots } from '../../../lib/aws/call/slots'
import { rates } from '../../../lib/aws/operations/rates'
import { virtualClock } from '../../support/aws/virtual-clock'

test('unused connections to some hosts do not hold up a call to another', async () => {
  const server = createServer((_request, response) => response.end('{}'))
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve))
  const { port } = server.address() as AddressInfo
  const transport = createTransport(2)
  const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']
  for (const hostname of hosts) {
    const request = { protocol: 'http:', hostname, port, path: '/', method: 'GET', headers: {}, query: {} }
    const { response } = await transport.handle(request as Parameters<NodeHttpHandler['handle']>[0])
    response.body.resume()
    await new Promise(resolve => response.body.once('end', resolve))
    expect(response.statusCode).toBe(200)
  }
  transport.destroy()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}, 10_000)

/** A transport that finds no host. */
class NoHost extends NodeHttpHandler {
  override handle(): Promise<never> {
    return Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))
  }
}

test.each([
  ['the name of STS in the Region does: AWS does not offer the service there', true, 'service_not_offered', 1],
  ['no other name does: the network is down', false, 'network', 4],
])('a name does not resolve, but %s', async (_what, resolves, reason, attempts) => {
  const clock = virtualClock()
  const asked: string[] = []
  const context = {
    limiter: new RateLimiter(clock, new CallSlots(1), rates),
    clock,
    random: () => 1,
    transport: new NoHost(),
    endpoint: null,
    resolves: async (host: string) => {
      asked.push(host)
      return resolves
    },
  }
  const calls = new Calls(context, {
    account: '111111111111',
    region: 'ap-northeast-3',
    credentials: { get: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'x' }), expired: () => {} },
    signal: new AbortController().signal,
    since: null,
    isView: false,
  })
  await expect(calls.call('apprunner:ListServices', {})).rejects.toMatchObject({ reason })
  expect(new Set(asked)).toEqual(new Set(['sts.ap-northeast-3.amazonaws.com']))
  expect(calls.counts.calls).toBe(attempts)
})
