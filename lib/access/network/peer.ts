import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { env } from '../../env'

const PEER = 'x-hinomi-peer'
const shared = globalThis as typeof globalThis & { hinomiPeersWatched?: boolean }

/**
 * Sets a header with the socket's address on every request before Next.js handles it, because route handlers get no socket and clients
 * can forge x-forwarded-for. Runs once per process, from instrumentation.ts. Throws for a wrong setting, so that the server fails at its
 * start and not at the first request that needs the setting.
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
 * The address a request came from; null where it is unknown. Behind one proxy (HINOMI_TRUST_PROXY=1) it is the last entry of
 * x-forwarded-for, the only one that the proxy itself wrote. Where that is not an address, the caller is unknown: the connection's
 * address, which counts only for requests without that header, would be the proxy's.
 */
export function clientIp(headers: Headers): string | null {
  const forwarded = env().HINOMI_TRUST_PROXY === '1' ? headers.get('x-forwarded-for') : null
  if (forwarded !== null) return toIp(withoutPort(forwarded.split(',').at(-1) ?? ''))
  return shared.hinomiPeersWatched ? toIp(headers.get(PEER)) : null
}

/** Some proxies, such as Azure Application Gateway, send `ip:port`, or `[ip]:port` for IPv6. */
function withoutPort(text: string): string {
  const [, v6, v4] = /^\s*(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})\s*$/.exec(text) ?? []
  if (v6 !== undefined) return isIP(v6) === 6 ? v6 : ''
  return v4 ?? text
}

function toIp(text: string | null): string | null {
  const plain = text?.trim().replace(/^::ffff:(?=\d+\.)/i, '') ?? ''
  return isIP(plain) ? plain : null
}

/**
 * The network that attempts are counted by: an IPv4 address, or a /64 network of IPv6, which belongs to one customer as a whole. All
 * unknown addresses share `unknown`.
 */
export function networkOf(ip: string | null): string {
  if (ip === null) return 'unknown'
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
