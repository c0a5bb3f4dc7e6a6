import 'server-only'
import { BlockList, isIP } from 'node:net'

interface Address {
  family: 'ipv4' | 'ipv6'
  bytes: number[]
}

/**
 * A network in CIDR notation (RFC 4632, RFC 4291) with its host bits cleared; a single address is a network of one. IPv4-mapped IPv6
 * becomes IPv4. Null where the text is not a network.
 */
export function toNetwork(text: string): string | null {
  const [host = '', length, ...rest] = text.trim().split('/')
  const written = toAddress(host)
  if (!written || rest.length > 0) return null
  const bits = isIP(host) * 32 - (isIP(host) === 6 ? 64 : 96)
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return null
  const prefix = length === undefined ? bits : Number(length)
  if (prefix > bits) return null
  // A mapped network that is larger than all of IPv4 remains an IPv6 network.
  const mapped = bits === 128 && written.family === 'ipv4'
  if (mapped && prefix < 96) return null
  const { family, bytes } = written
  const networkBits = mapped ? prefix - 96 : prefix
  return `${toText({ family, bytes: bytes.map((byte, at) => byte & maskOf(networkBits - 8 * at)) })}/${networkBits}`
}

/** Whether an address is in one of the networks, as returned by toNetwork. An unknown address is in none. */
export function inNetworks(ip: string | null, networks: readonly string[]): boolean {
  const address = ip === null ? null : toAddress(ip)
  if (!address) return false
  const { family } = address
  const list = new BlockList()
  for (const network of networks) {
    const [host = '', prefix] = network.split('/')
    // In Node.js ::/0 would match IPv4 addresses as well.
    if (isIP(host) === (family === 'ipv4' ? 4 : 6)) list.addSubnet(host, Number(prefix), family)
  }
  return list.check(toText(address), family)
}

function toAddress(text: string): Address | null {
  const version = isIP(text)
  // An IPv6 zone such as %eth0 is an interface of one machine.
  if (version === 0 || text.includes('%')) return null
  if (version === 4) return { family: 'ipv4', bytes: text.split('.').map(Number) }
  const bytes = bytesOf(text)
  const isMapped = bytes.every((byte, at) => at > 11 || byte === (at < 10 ? 0 : 255))
  return isMapped ? { family: 'ipv4', bytes: bytes.slice(12) } : { family: 'ipv6', bytes }
}

function bytesOf(ipv6: string): number[] {
  // URL normalises every form of an address: lower case, hexadecimal, zeros compressed.
  const [head = '', tail = ''] = new URL(`http://[${ipv6}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail].map(part => part.split(':').filter(group => group !== ''))
  const zeros = Array<string>(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  return [...(before ?? []), ...zeros, ...(after ?? [])].flatMap(group => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}

function maskOf(bits: number): number {
  return 255 & ~(255 >> Math.min(8, Math.max(0, bits)))
}

function toText({ family, bytes }: Address): string {
  if (family === 'ipv4') return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => {
    const [high = 0, low = 0] = bytes.slice(2 * at)
    return (high * 256 + low).toString(16)
  })
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
