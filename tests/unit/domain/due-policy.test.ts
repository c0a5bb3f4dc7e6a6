import { describe, expect, test } from 'vitest'
import { dueAt } from '../../../lib/domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../../lib/domain/policies/due-policy'

const tokyo = 'Asia/Tokyo'
const working: DuePolicy = { ...defaultDuePolicy, unit: 'working' }
/** Noon in Tokyo. */
const noon = (day: string) => new Date(`${day}T03:00:00Z`)
const lastMoment = (day: string) => new Date(`${day}T14:59:59.999Z`)

describe('in working days', () => {
  test.each([
    ['2026-06-01', '2026-06-04', 'Monday to Thursday'],
    ['2026-06-04', '2026-06-09', 'over a weekend'],
    ['2026-06-06', '2026-06-10', 'from a Saturday'],
    ['2026-04-30', '2026-05-08', 'over the holidays of May with their substitute on the 6th'],
    ['2026-09-18', '2026-09-28', 'over Respect for the Aged Day, the day between two holidays, and the equinox'],
    ['2026-11-20', '2026-11-26', 'over Labor Thanksgiving Day'],
    ['2026-12-31', '2027-01-06', 'over New Year’s Day'],
    ['2027-03-19', '2027-03-25', 'over a substitute holiday of 2027'],
    ['2028-11-02', '2028-11-08', 'in 2028'],
  ])('critical opened on %s is due on %s (%s)', (opened, due) => {
    expect(dueAt('critical', noon(opened), null, tokyo, working)).toEqual(lastMoment(due))
  })

  test('without holidays only weekends are left out', () => {
    const policy = { ...working, holidays: false }
    expect(dueAt('critical', noon('2026-04-30'), null, tokyo, policy)).toEqual(lastMoment('2026-05-05'))
  })

  test('the day is that of the organisation’s zone', () => {
    // 16:00 UTC on Thursday is Friday in Tokyo.
    const opened = new Date('2026-06-04T16:00:00Z')
    expect(dueAt('critical', opened, null, tokyo, working)).toEqual(lastMoment('2026-06-10'))
  })
})

describe('an environment', () => {
  const policy: DuePolicy = {
    ...defaultDuePolicy,
    environments: { production: { critical: 1, informational: 30 }, sandbox: { critical: null } },
  }
  test('has its own days if it has any', () => {
    expect(dueAt('critical', noon('2026-06-01'), 'production', tokyo, policy)).toEqual(lastMoment('2026-06-02'))
    expect(dueAt('informational', noon('2026-06-01'), 'production', tokyo, policy)).toEqual(lastMoment('2026-07-01'))
    expect(dueAt('critical', noon('2026-06-01'), 'sandbox', tokyo, policy)).toBeNull()
  })
  test('otherwise has the default days', () => {
    for (const environment of ['production', 'sandbox', 'staging', null] as const)
      expect(dueAt('high', noon('2026-06-01'), environment, tokyo, policy)).toEqual(lastMoment('2026-06-15'))
  })
})

test.each([0, -1, 1.5, 3651, '3'])('%s is no number of days', days => {
  expect(DuePolicy.safeParse({ ...defaultDuePolicy, days: { ...defaultDuePolicy.days, high: days } }).success).toBe(
    false,
  )
})

test.each([1, 3650, null])('%s is a number of days or none', days => {
  expect(DuePolicy.safeParse({ ...defaultDuePolicy, days: { ...defaultDuePolicy.days, high: days } }).success).toBe(
    true,
  )
})
