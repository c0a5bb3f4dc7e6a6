import { describe, expect, test } from 'vitest'
import { searchTerms } from '../../../lib/domain/findings/search/search-terms'
import { outcomesOf } from '../../../lib/sources/registry'
import { addresses, hostileRecords, hostileValues } from '../../support/hostile-records'
import { verdictOf } from './contract'
import { now } from './support'

const account = '123456789012'

describe('hostile facts', () => {
  test.each(Object.entries(hostileRecords))(
    'of %s are kept in a form that can be stored, or left out',
    (_name, of) => {
      for (const value of hostileValues) {
        const record = of(value, account)
        const verdict = verdictOf(record, { now, account })
        expect(['accepted', 'bad_field'], JSON.stringify(value)?.slice(0, 80)).toContain(verdict)
        const facts = verdict === 'accepted' ? outcomesOf(record, { now, account }).map(each => each.facts ?? null) : []
        expect(JSON.stringify(facts).length).toBeLessThan(500_000)
        const terms = searchTerms(facts.map(each => ({ facts: each, ownControl: null })))
        expect(terms).not.toMatch(/\p{Surrogate}/u)
      }
    },
    60_000,
  )

  test('a threat with an absurd number of addresses has the first', () => {
    const [outcome] = outcomesOf(hostileRecords.guardduty?.(addresses(20_000), account), { now })
    expect(outcome?.facts).toMatchObject({ kind: 'threat', count: null })
    expect(outcome?.facts?.kind === 'threat' && outcome.facts.remotes.length).toBe(20)
  })
})
