import { createServer, get, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

type Peer = typeof import('../../lib/access/network/peer')

/** Loads the module again, as in a process with these settings: settings are read once. */
async function withProxy(trusted: '0' | '1' | undefined): Promise<Peer> {
  vi.resetModules()
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/x')
  vi.stubEnv('HINOMI_SECRET', 'a secret that only the tests know')
  vi.stubEnv('HINOMI_TRUST_PROXY', trusted)
  return import('../../lib/access/network/peer')
}

beforeEach(() => {
  delete (globalThis as { hinomiPeersWatched?: boolean }).hinomiPeersWatched
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** The address that the server sees of a request over a real connection. */
async function seen(peer: Peer, headers: Record<string, string | string[]>): Promise<string | null> {
  peer.watchPeers()
  let found: string | null = null
  const server = createServer(({ headers: received }, response) => {
    found = peer.clientIp(asHeaders(received))
    response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers, agent: false }, response => response.resume().on('end', resolve)).on(
      'error',
      reject,
    )
  })
  await new Promise(resolve => server.close(resolve))
  return found
}

function asHeaders(received: IncomingHttpHeaders): Headers {
  const entries = Object.entries(received).map(([name, value]): [string, string] => [name, String(value)])
  return new Headers(entries)
}

describe('behind a proxy', () => {
  test.each([
    ['the one address', '203.0.113.9', '203.0.113.9'],
    ['the last of several, which the proxy wrote', '198.51.100.1, 198.51.100.2, 203.0.113.9', '203.0.113.9'],
    ['an IPv6 address', '198.51.100.1, 2001:db8::9', '2001:db8::9'],
    ['an IPv4 address in the form of IPv6', '198.51.100.1, ::ffff:203.0.113.9', '203.0.113.9'],
    ['an address with a port', '198.51.100.1, 203.0.113.9:51234', '203.0.113.9'],
    ['an IPv6 address with a port', '198.51.100.1, [2001:db8::9]:443', '2001:db8::9'],
    ['an IPv6 address in brackets', '[2001:db8::9]', '2001:db8::9'],
    ['a mapped IPv4 address with a port', '[::ffff:203.0.113.9]:443', '203.0.113.9'],
    ['unknown where the last entry is no address', '198.51.100.1, unknown', null],
    ['unknown where the last entry is empty', '198.51.100.1,', null],
    ['unknown where the list is empty', '', null],
    ['unknown where there is a port alone', '198.51.100.1, :443', null],
    ['unknown where the port is no number', '203.0.113.9:x', null],
    ['unknown where IPv4 stands in brackets', '[203.0.113.9]:443', null],
  ])('the caller is %s', async (_what, forwarded, address) => {
    expect(await seen(await withProxy('1'), { 'x-forwarded-for': forwarded })).toBe(address)
  })

  test('the caller is the last of several headers', async () => {
    const headers = { 'x-forwarded-for': ['198.51.100.1', '203.0.113.9'] }
    expect(await seen(await withProxy('1'), headers)).toBe('203.0.113.9')
  })

  test('the caller is the peer of the connection if the proxy sends no address', async () => {
    expect(await seen(await withProxy('1'), {})).toBe('127.0.0.1')
  })
})

test('a server with a wrong setting ends at its start', async () => {
  const { watchPeers } = await withProxy('1')
  vi.stubEnv('HINOMI_TIME_ZONE', 'Tokyo')
  expect(watchPeers).toThrow('HINOMI_TIME_ZONE is no time zone')
})

describe.each(['0', undefined] as const)('without a proxy (%s)', trusted => {
  test('a caller cannot choose an address', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-hinomi-peer': '203.0.113.10' }
    expect(await seen(await withProxy(trusted), headers)).toBe('127.0.0.1')
  })

  test('the caller is unknown if connections are not tracked', async () => {
    const { clientIp } = await withProxy(trusted)
    expect(clientIp(new Headers({ 'x-hinomi-peer': '203.0.113.10', 'x-forwarded-for': '203.0.113.9' }))).toBeNull()
  })
})
