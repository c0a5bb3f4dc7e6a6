/** Whether a network in CIDR notation contains another one. False for what is no network. */
export function containsNetwork(outer: string, inner: string): boolean {
  const [a, b] = [networkOf(outer), networkOf(inner)]
  if (!a || !b || a.bits !== b.bits || b.length < a.length) return false
  const shift = BigInt(a.bits - a.length)
  return a.address >> shift === b.address >> shift
}

interface Network {
  readonly address: bigint
  readonly length: number
  readonly bits: 32 | 128
}

function networkOf(cidr: string): Network | null {
  const [text = '', length] = cidr.split('/')
  const bits = text.includes(':') ? 128 : 32
  const address = bits === 128 ? ipv6Of(text) : ipv4Of(text)
  const prefix = length === undefined ? bits : Number(length)
  if (address === null || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) return null
  return { address, length: prefix, bits }
}

function ipv4Of(text: string): bigint | null {
  const parts = text.split('.').map(Number)
  if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255)) return null
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function ipv6Of(text: string): bigint | null {
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 0) return null
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  if (all.some(group => !/^[0-9a-f]{1,4}$/i.test(group))) return null
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
