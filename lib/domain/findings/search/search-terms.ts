import type { Facts } from '../facts'

/** The words of a finding that are searched beside its names and titles, in characters at most. */
const LIMIT = 2000

interface Source {
  facts: Facts | null
  ownControl: string | null
}

/**
 * What people search for in an incident, one word a line: the names that tools give to a control, what identifies who and
 * what took part, and the rest, of which there may be more than fits.
 */
export function searchTerms(sources: readonly Source[]): string {
  const facts = sources.flatMap(source => source.facts ?? [])
  const parts = [sources.map(({ ownControl }) => ownControl), facts.flatMap(identifiersOf), facts.flatMap(restOf)]
  const words = parts.flatMap(part => part.filter(word => word !== null && word.trim() !== '').sort())
  const terms = [...new Set(words)].join('\n').slice(0, LIMIT)
  // Half a character at the end is no text that a database stores.
  return terms.replace(/\p{Surrogate}$/u, '')
}

function identifiersOf(facts: Facts): (string | null)[] {
  switch (facts.kind) {
    case 'threat':
      return [
        facts.principal,
        facts.accessKeyId,
        facts.domain,
        facts.api,
        ...(facts.sequence?.actors ?? []).flatMap(({ principal, accessKeyId }) => [principal, accessKeyId]),
        ...facts.remotes.map(({ ip }) => ip),
      ]
    case 'vulnerability':
      return [facts.image?.repository ?? null, ...(facts.image?.tags ?? [])]
    case 'access':
      return facts.principals.map(({ id }) => id)
    case 'check':
    case 'observed':
      return []
  }
}

function restOf(facts: Facts): (string | null)[] {
  switch (facts.kind) {
    case 'threat':
      return [facts.userAgent, ...facts.threatLists, ...facts.remotes.map(({ organization }) => organization)]
    case 'vulnerability':
      return facts.packages.map(({ path }) => path)
    case 'access':
      return facts.conditions.map(({ value }) => value)
    case 'check':
    case 'observed':
      return []
  }
}
