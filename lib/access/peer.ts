import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { env } from '../env'

const PEER = 'x-hinomi-peer'
const shared = globalThis as typeof globalThis & { hinomiPeersWatched?: boolean }

/**
 * Writes the socket's address on every request before Next.js sees it, because route handlers get no socket and
 * x-forwarded-for is whatever the client says. Runs once per process, from instrumentation.ts. Throws where a setting is wrong, so
 * that the server ends at its start and not at the first request that needs the setting.
 */
export function watchPeers(): void {
  env()
  if (shared.hinomiPeersWatched) return
  shared.hinomiPeersWatched = true
  subscribe('http.server.request.start', message => {
    const { request } = message as { request: IncomingMessage }
    request.headers[PEER] = request.socket.remoteAddress ?? ''
  })
}

/**
 * The address a request came from, or null where it cannot be known. Behind one proxy (HINOMI_TRUST_PROXY=1) it is the last
 * entry of x-forwarded-for, the only one that the proxy itself wrote.
 */
export function clientIp(headers: Headers): string | null {
  const trusted = env().HINOMI_TRUST_PROXY === '1' ? headers.get('x-forwarded-for')?.split(',').at(-1) : undefined
  const peer = shared.hinomiPeersWatched ? headers.get(PEER) : null
  return toIp(trusted) ?? toIp(peer)
}

function toIp(text: string | null | undefined): string | null {
  const plain = text?.trim().replace(/^::ffff:(?=\d+\.)/i, '') ?? ''
  return isIP(plain) ? plain : null
}

/** What counts as one source of attempts: an IPv4 address, or an IPv6 network of 64 bits, which one customer holds whole. */
export function networkOf(ip: string): string {
  if (isIP(ip) !== 6) return ip
  const [head = '', tail] = ip.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const full = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - after.length).fill('0'), ...after]
  return `${full
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
