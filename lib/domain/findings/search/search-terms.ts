import type { Facts } from '../facts'

/** The words of a finding that are searched beside its names and titles, in characters at most. */
const LIMIT = 2000

interface Source {
  facts: Facts | null
  ownControl: string | null
}

/**
 * What people search for in an incident, one word a line: addresses, key ids, users, domains, image tags, principals, and
 * the names that tools give to a control.
 */
export function searchTerms(sources: readonly Source[]): string {
  const words = sources.flatMap(({ facts, ownControl }) => [ownControl, ...(facts ? wordsOf(facts) : [])])
  const named = words.filter(word => word !== null && word.trim() !== '')
  return [...new Set(named)].sort().join('\n').slice(0, LIMIT)
}

function wordsOf(facts: Facts): (string | null)[] {
  switch (facts.kind) {
    case 'threat':
      return [
        facts.principal,
        facts.accessKeyId,
        facts.domain,
        facts.api,
        facts.userAgent,
        ...facts.threatLists,
        ...(facts.sequence?.actors ?? []).flatMap(({ principal, accessKeyId }) => [principal, accessKeyId]),
        ...facts.remotes.flatMap(({ ip, organization }) => [ip, organization]),
      ]
    case 'vulnerability':
      return [facts.image?.repository ?? null, ...(facts.image?.tags ?? []), ...facts.packages.map(each => each.path)]
    case 'access':
      return [...facts.principals.map(each => each.id), ...facts.conditions.map(each => each.value)]
    case 'check':
      return []
  }
}
