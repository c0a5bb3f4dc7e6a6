import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellOf, toCells, toLimits } from '../../../components/policies/deadline-cells'
import { severities } from '../../../lib/domain/findings/severity'
import { environments } from '../../../lib/domain/people/team'
import { DuePolicy, defaultDuePolicy } from '../../../lib/domain/policies/due-policy'

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null })
const whole = (max: number) => fc.record(Object.fromEntries(severities.map(each => [each, limit(max)])))
const part = (max: number) =>
  fc.dictionary(fc.constantFrom(...severities), limit(max), { minKeys: 1, noNullPrototype: true })
const own = (max: number) => fc.dictionary(fc.constantFrom(...environments), part(max), { noNullPrototype: true })

const policies = fc
  .record({
    days: whole(3650),
    environments: own(3650),
    threats: fc.record({
      respondHours: whole(720),
      respondEnvironments: own(720),
      days: whole(3650),
      environments: own(3650),
    }),
    vulnerabilities: fc.record({
      days: fc.dictionary(fc.constantFrom(...severities), limit(3650), { noNullPrototype: true }),
      environments: own(3650),
    }),
  })
  .map(limits => DuePolicy.parse({ ...defaultDuePolicy, ...limits }))

test('the form of a policy gives back the policy', () => {
  fc.assert(
    fc.property(policies, policy => {
      const { unit, holidays, clock, calendar, exploited } = policy
      expect({ unit, holidays, clock, calendar, exploited, ...toLimits(toCells(policy)) }).toEqual(policy)
    }),
  )
})

test('an empty field of threats sets no date, and one of vulnerabilities uses the days of others', () => {
  const cells = toCells(defaultDuePolicy)
  expect(cells[cellOf('threats', 'all', 'informational')]).toBe('')
  expect(cells[cellOf('vulnerabilities', 'all', 'high')]).toBe('')
  const { threats, vulnerabilities } = toLimits(cells)
  expect(threats.days.informational).toBeNull()
  expect(vulnerabilities.days).toEqual({})
  expect(toLimits({ ...cells, [cellOf('vulnerabilities', 'all', 'high')]: '0' }).vulnerabilities.days.high).toBeNull()
})
