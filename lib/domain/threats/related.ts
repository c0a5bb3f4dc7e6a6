import type { ThreatFacts } from '../findings/facts'

/** What two findings have in common. */
export const sharedTraits = ['resource', 'key', 'ip', 'principal'] as const
export type SharedTrait = (typeof sharedTraits)[number]

/** What identifies the actor of a threat. */
export interface Actor {
  key: string | null
  ips: string[]
  principal: string | null
}

/** Short words are no identity: they would match by accident. */
const MIN_LENGTH = 4

export function actorOf({ accessKeyId, principal, remotes }: ThreatFacts): Actor {
  const usable = (word: string | null) => (word !== null && word.length >= MIN_LENGTH ? word : null)
  return {
    key: usable(accessKeyId),
    ips: [...new Set(remotes.flatMap(({ ip }) => usable(ip) ?? []))],
    principal: usable(principal),
  }
}

/** What the actors of two threats share. Names of principals mean the same only within an account. */
export function sharedActor(a: Actor, b: Actor, sameAccount: boolean): SharedTrait[] {
  const shared: SharedTrait[] = []
  if (a.key !== null && a.key === b.key) shared.push('key')
  if (a.ips.some(ip => b.ips.includes(ip))) shared.push('ip')
  if (sameAccount && a.principal !== null && a.principal === b.principal) shared.push('principal')
  return shared
}
