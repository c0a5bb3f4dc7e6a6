import { expect, test } from 'vitest'
import type { AccessFacts, VulnerabilityFacts } from '../../../lib/domain/findings/facts'
import { searchTerms } from '../../../lib/domain/findings/search/search-terms'

const pathOf = (n: number) => `app/${n}/${'x'.repeat(100)}`
const vulnerability: VulnerabilityFacts = {
  kind: 'vulnerability',
  exploit: null,
  exploitSeen: null,
  fix: null,
  epss: null,
  cvss: [],
  packages: Array.from({ length: 50 }, (_, n) => ({
    name: 'p',
    installed: null,
    fixed: null,
    path: pathOf(n),
    command: null,
  })),
  references: [],
  vendorSeverity: null,
  image: { repository: 'shop', tags: ['prod-1.2.3'], pushedAt: null, inUse: null, lastInUse: null },
}

test('names of controls and image tags are found, however many files there are', () => {
  const terms = searchTerms([
    { facts: vulnerability, ownControl: null },
    { facts: null, ownControl: 'restricted-ssh' },
  ])
  expect(terms.split('\n').slice(0, 3)).toEqual(['restricted-ssh', 'prod-1.2.3', 'shop'])
  expect(terms).toHaveLength(2000)
})

test('words are the same in any order of the sources, each once', () => {
  const sources = [
    { facts: vulnerability, ownControl: 'b' },
    { facts: vulnerability, ownControl: 'a' },
  ]
  expect(searchTerms(sources)).toBe(searchTerms(sources.toReversed()))
  expect(searchTerms(sources)).toMatch(/^a\nb\nprod-1\.2\.3\nshop\napp/)
})

test.each([0, 1])('words that do not fit end with a whole character (%d)', shift => {
  const id = `${'x'.repeat(shift)}${'\u{1F525}'.repeat(2000)}`
  const facts: AccessFacts = {
    kind: 'access',
    isPublic: false,
    principals: [{ type: 'AWS', id }],
    actions: [],
    conditions: [],
    grantedBy: [],
    lastUsed: null,
  }
  expect(searchTerms([{ facts, ownControl: null }])).not.toMatch(/\p{Surrogate}/u)
})
