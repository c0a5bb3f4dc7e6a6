import type { EffectiveRule } from './effects'
import { alternativesOf } from './statements'

/** A prefix that is shorter allows more addresses than one company has. */
const SHORTEST = { 4: 16, 6: 32 } as const
const USER_AGENT = 'user-agent'

/** The addresses of an IP set; null where it was not read. */
export type IpSetLookup = (arn: string) => readonly string[] | null

/**
 * The first rule that lets requests through, before a rule that could stop them, by what any sender can have or claim:
 * a country, a User-Agent header, or an address of a very large network.
 */
export function broadAllow(rules: readonly EffectiveRule[], ipSet: IpSetLookup): EffectiveRule | null {
  const last = rules.findLastIndex(({ effect }) => effect === 'block' || effect === 'mixed')
  const before = rules.slice(0, last === -1 ? rules.length : last)
  return before.find(rule => rule.effect === 'allow' && isBroad(rule, ipSet)) ?? null
}

function isBroad({ statement }: EffectiveRule, ipSet: IpSetLookup): boolean {
  return alternativesOf(statement).some(([kind, parts]) => {
    if (kind === 'GeoMatchStatement') return true
    if (kind === 'ByteMatchStatement') return headerOf(parts.FieldToMatch) === USER_AGENT
    if (kind !== 'IPSetReferenceStatement' || typeof parts.ARN !== 'string') return false
    return ipSet(parts.ARN)?.some(isLargeNetwork) ?? false
  })
}

function headerOf(field: unknown): string {
  if (typeof field !== 'object' || field === null || !('SingleHeader' in field)) return ''
  const header = field.SingleHeader
  if (typeof header !== 'object' || header === null || !('Name' in header)) return ''
  return typeof header.Name === 'string' ? header.Name.toLowerCase() : ''
}

/** Whether a network is larger than those that one company has. */
export function isLargeNetwork(cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/')
  return Number(length || 128) < SHORTEST[address.includes(':') ? 6 : 4]
}
