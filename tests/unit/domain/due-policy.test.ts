import { describe, expect, test } from 'vitest'
import { type Severity, severities } from '../../../lib/domain/findings/severity'
import type { FindingClass } from '../../../lib/domain/imports/outcome'
import type { Environment } from '../../../lib/domain/people/team'
import { dueAt, respondBy } from '../../../lib/domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../../lib/domain/policies/due-policy'

const tokyo = 'Asia/Tokyo'
const working: DuePolicy = { ...defaultDuePolicy, unit: 'working' }
/** Noon in Tokyo. */
const noon = (day: string) => new Date(`${day}T03:00:00Z`)
const lastMoment = (day: string) => new Date(`${day}T14:59:59.999Z`)

/** When a misconfiguration is due in Tokyo. */
const due = (severity: Severity, openedAt: Date, environment: Environment | null, policy: DuePolicy) =>
  dueAt({ class: 'posture', severity, openedAt, environment }, tokyo, policy)

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
  ])('critical opened on %s is due on %s (%s)', (opened, day) => {
    expect(due('critical', noon(opened), null, working)).toEqual(lastMoment(day))
  })

  test('without holidays only weekends are left out', () => {
    const policy = { ...working, holidays: false }
    expect(due('critical', noon('2026-04-30'), null, policy)).toEqual(lastMoment('2026-05-05'))
  })

  test('the day is that of the organisation’s zone', () => {
    // 16:00 UTC on Thursday is Friday in Tokyo.
    const opened = new Date('2026-06-04T16:00:00Z')
    expect(due('critical', opened, null, working)).toEqual(lastMoment('2026-06-10'))
  })
})

describe('an environment', () => {
  const policy: DuePolicy = {
    ...defaultDuePolicy,
    environments: { production: { critical: 1, informational: 30 }, sandbox: { critical: null } },
  }
  test('has its own days if it has any', () => {
    expect(due('critical', noon('2026-06-01'), 'production', policy)).toEqual(lastMoment('2026-06-02'))
    expect(due('informational', noon('2026-06-01'), 'production', policy)).toEqual(lastMoment('2026-07-01'))
    expect(due('critical', noon('2026-06-01'), 'sandbox', policy)).toBeNull()
  })
  test('otherwise has the default days', () => {
    for (const environment of ['production', 'sandbox', 'staging', null] as const)
      expect(due('high', noon('2026-06-01'), environment, policy)).toEqual(lastMoment('2026-06-15'))
  })
})

describe('a class', () => {
  const dated = (kind: FindingClass, severity: Severity, openedAt: Date, environment: Environment | null = null) => ({
    class: kind,
    severity,
    openedAt,
    environment,
  })
  // A Friday evening in Tokyo.
  const friday = new Date('2026-06-05T11:00:00Z')

  test.each([
    ['critical', 1, '2026-06-08'],
    ['high', 1, '2026-06-08'],
    ['medium', 24, '2026-06-12'],
    ['low', 24, '2026-06-19'],
    ['informational', 24, null],
  ] as const)('a %s threat is responded to within %s hours and due in working days', (severity, hours, day) => {
    const threat = dated('threat', severity, friday)
    expect(respondBy(threat)).toEqual(new Date(friday.getTime() + hours * 3_600_000))
    expect(dueAt(threat, tokyo)).toEqual(day && lastMoment(day))
  })

  test('without hours sets nothing to respond by', () => {
    for (const severity of severities) {
      expect(respondBy(dated('posture', severity, friday))).toBeNull()
      expect(respondBy(dated('vulnerability', severity, friday))).toBeNull()
    }
  })

  test('has limits of its own in an environment', () => {
    const policy: DuePolicy = {
      ...defaultDuePolicy,
      threats: {
        ...defaultDuePolicy.threats,
        respondEnvironments: { sandbox: { high: 8, critical: null } },
        environments: { sandbox: { high: 3 } },
      },
    }
    const inSandbox = (severity: Severity) => dated('threat', severity, friday, 'sandbox')
    expect(respondBy(inSandbox('high'), policy)).toEqual(new Date('2026-06-05T19:00:00Z'))
    expect(respondBy(inSandbox('critical'), policy)).toBeNull()
    expect(respondBy(inSandbox('medium'), policy)).toEqual(new Date('2026-06-06T11:00:00Z'))
    expect(dueAt(inSandbox('high'), tokyo, policy)).toEqual(lastMoment('2026-06-10'))
  })

  test('vulnerabilities have days of their own where they are set', () => {
    const policy: DuePolicy = {
      ...defaultDuePolicy,
      environments: { production: { high: 10, low: 50 } },
      vulnerabilities: { days: { critical: 7, high: 30 }, environments: { production: { critical: 2 } } },
    }
    const days = (severity: Severity, environment: Environment | null) =>
      dueAt(dated('vulnerability', severity, noon('2026-06-01'), environment), tokyo, policy)
    expect(days('critical', null)).toEqual(lastMoment('2026-06-08'))
    expect(days('critical', 'production')).toEqual(lastMoment('2026-06-03'))
    expect(days('high', 'production')).toEqual(lastMoment('2026-07-01'))
    expect(days('low', 'production')).toEqual(lastMoment('2026-07-21'))
    expect(days('medium', null)).toEqual(due('medium', noon('2026-06-01'), null, policy))
  })

  test('a policy of an earlier version has the default deadlines of threats', () => {
    const { threats: _, vulnerabilities: __, ...stored } = defaultDuePolicy
    expect(DuePolicy.parse(stored)).toEqual(defaultDuePolicy)
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
