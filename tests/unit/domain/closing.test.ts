import { describe, expect, test } from 'vitest'
import {
  type Absent,
  ClosingLimit,
  defaultClosingLimit,
  exceedsLimit,
  provedBySecond,
  type Report,
  reachOf,
  whyAbsent,
} from '../../../lib/domain/feeds/closing'
import { pairHash } from '../../../lib/domain/feeds/report-pairs'

const DAY = 86_400_000
const observedAt = new Date(Date.UTC(2026, 5, 30))
const daysAgo = (days: number, milliseconds = 0) => new Date(observedAt.getTime() - days * DAY - milliseconds)
const hoursAgo = (hours: number) => new Date(observedAt.getTime() - hours * 3_600_000)

/** A report of Prowler with passes and failures about one check in one Region. */
function report(change: Partial<Report> = {}): Report {
  const pairs = new Set([pairHash('s3_public', 'us-east-1')])
  return {
    source: 'prowler',
    product: 'Prowler',
    observedAt,
    records: true,
    ownRecords: true,
    pairs,
    failedPairs: pairs,
    services: new Set(['s3']),
    regions: new Set(['us-east-1']),
    parts: null,
    mixed: new Set(),
    wide: false,
    passed: true,
    sendsPasses: true,
    cells: null,
    ...change,
  }
}

function absent(change: Partial<Absent> = {}, region = 'us-east-1'): Absent {
  const control = change.control ?? 's3_public'
  return {
    class: 'posture',
    control,
    service: control.split('_')[0] ?? '',
    ownRegion: region,
    pair: pairHash(control, region),
    recordUpdatedAt: daysAgo(1),
    ...change,
  }
}

describe('a report with passes proves an absence', () => {
  test('inside its pairs', () => {
    expect(whyAbsent(report(), absent())).toBeNull()
    expect(whyAbsent(report(), absent({}, 'eu-west-1'))).toBe('not_looked_at')
    expect(whyAbsent(report(), absent({ control: 's3_logging' }))).toBe('not_looked_at')
  })

  test('outside them only if it is wide and has a record of the service', () => {
    const wide = report({ wide: true })
    expect(whyAbsent(wide, absent({ control: 's3_logging' }))).toBeNull()
    expect(whyAbsent(wide, absent({ control: 's3_logging' }, 'eu-west-1'))).toBeNull()
    expect(whyAbsent(wide, absent({ control: 'ec2_open' }))).toBe('not_looked_at')
  })

  test('for no record with an unknown pair', () => {
    expect(whyAbsent(report({ wide: true }), absent({ pair: null }))).toBe('not_looked_at')
  })
})

describe('a report without a pass', () => {
  test('of a feed that sends passes proves only checks that failed in it', () => {
    const failing = report({ passed: false, wide: true })
    expect(reachOf(failing)).toBe('pairs')
    expect(whyAbsent(failing, absent())).toBeNull()
    expect(whyAbsent(failing, absent({ control: 's3_logging' }))).toBe('not_looked_at')
    expect(whyAbsent({ ...failing, failedPairs: new Set() }, absent())).toBe('not_looked_at')
  })

  test('of a feed that never sent one proves its Regions', () => {
    const failing = report({ passed: false, sendsPasses: false })
    expect(reachOf(failing)).toBe('region')
    expect(whyAbsent(failing, absent({ control: 'ec2_open' }))).toBeNull()
    expect(whyAbsent(failing, absent({ control: 'ec2_open' }, 'eu-west-1'))).toBe('not_looked_at')
    expect(whyAbsent(failing, absent({ ownRegion: null }))).toBe('not_looked_at')
  })
})

test.each([
  ['guardduty', 'GuardDuty'],
  ['inspector', 'Inspector'],
  ['access-analyzer', 'Access Analyzer'],
  ['macie', 'Macie'],
  ['security-hub', 'GuardDuty'],
  ['security-hub', 'IAM Access Analyzer'],
] as const)('%s of %s proves its Regions, even if a record passed', (source, product) => {
  const one = report({ source, product })
  expect(whyAbsent(one, absent({ control: 'anything' }))).toBeNull()
  expect(whyAbsent(one, absent({}, 'eu-west-1'))).toBe('not_looked_at')
  expect(whyAbsent({ ...one, wide: true }, absent({}, 'eu-west-1'))).toBe('not_looked_at')
})

describe('a threat', () => {
  const guardduty = report({ source: 'guardduty', product: 'GuardDuty' })
  const threat = (change: Partial<Absent>) => absent({ class: 'threat', ...change })

  test.each([
    ['79 days', daysAgo(79), null],
    ['80 days', daysAgo(80), null],
    ['more than 80 days', daysAgo(80, 1), 'expired'],
    ['200 days', daysAgo(200), 'expired'],
    ['no known time', null, null],
    ['a time after the report', daysAgo(-1), null],
  ] as const)('last updated %s before is over or expired', (_, recordUpdatedAt, reason) => {
    expect(whyAbsent(guardduty, threat({ recordUpdatedAt }))).toBe(reason)
  })

  test('that was not looked at is not called expired', () => {
    expect(whyAbsent(guardduty, threat({ recordUpdatedAt: daysAgo(100), ownRegion: 'eu-west-1' }))).toBe(
      'not_looked_at',
    )
  })

  test.each(['posture', 'vulnerability'] as const)('expires, unlike a %s', problem => {
    expect(whyAbsent(guardduty, absent({ class: problem, recordUpdatedAt: daysAgo(100) }))).toBeNull()
  })
})

describe('an answer about one control', () => {
  const config = report({ source: 'config', product: 'Config', parts: new Set(['rule@us-east-1']) })
  const rule = (ownRegion: string | null, control = 'rule') => absent({ control, ownRegion })

  test('of AWS Config proves it in its Region', () => {
    expect(whyAbsent(config, rule('us-east-1'))).toBeNull()
    expect(whyAbsent(config, rule('eu-west-1'))).toBe('not_looked_at')
    expect(whyAbsent(config, rule(null))).toBe('not_looked_at')
    expect(whyAbsent(config, rule('us-east-1', 'other'))).toBe('not_looked_at')
  })

  test('of AWS Config without a Region proves nothing if such reports differ', () => {
    const parts = new Set(['rule@global'])
    expect(whyAbsent({ ...config, parts }, rule('global'))).toBeNull()
    expect(whyAbsent({ ...config, parts, mixed: parts }, rule('global'))).toBe('no_region')
  })

  test('of Trusted Advisor proves it in all Regions', () => {
    const advisor = report({ source: 'trusted-advisor', product: 'Trusted Advisor', parts: new Set(['rule']) })
    for (const region of ['us-east-1', 'eu-west-1', null]) expect(whyAbsent(advisor, rule(region))).toBeNull()
    expect(whyAbsent(advisor, rule('us-east-1', 'other'))).toBe('not_looked_at')
  })
})

test('a credential report is whole', () => {
  const whole = report({ source: 'iam-credential-report', product: 'IAM', pairs: new Set(), passed: false })
  expect(whyAbsent(whole, absent({ control: 'iam_x', pair: null, ownRegion: null }))).toBeNull()
})

describe('many simultaneous resolutions', () => {
  test.each([
    // [planned, before, open, waits]
    [0, 0, 0, false],
    [0, 500, 1, false],
    [20, 0, 20, false],
    [21, 0, 21, true],
    [21, 0, 70, false],
    [21, 0, 69, true],
    [30, 0, 100, false],
    [31, 0, 100, true],
    [1, 20, 49, true],
    [1, 20, 50, false],
    [10, 20, 80, false],
    [11, 20, 80, true],
  ])('%i after %i of the day, of %i open: %s', (planned, closed, open, waits) => {
    expect(exceedsLimit(defaultClosingLimit, { planned, before: closed, open })).toBe(waits)
  })

  test('wait by the setting', () => {
    const counts = { planned: 5, before: 0, open: 10 }
    expect(exceedsLimit({ number: 4, share: 49 }, counts)).toBe(true)
    expect(exceedsLimit({ number: 4, share: 50 }, counts)).toBe(false)
    expect(exceedsLimit({ number: 5, share: 1 }, counts)).toBe(false)
    expect(exceedsLimit({ number: 0, share: 1 }, { planned: 1, before: 0, open: 100 })).toBe(false)
    expect(exceedsLimit({ number: 0, share: 1 }, { planned: 1, before: 0, open: 99 })).toBe(true)
  })

  test.each([
    { number: -1, share: 30 },
    { number: 1.5, share: 30 },
    { number: 20, share: 0 },
    { number: 20, share: 101 },
    { number: 20 },
    { number: 20, share: 30, extra: 1 },
    { number: '20', share: 30 },
  ])('are never limited by %j', value => {
    expect(ClosingLimit.safeParse(value).success).toBe(false)
  })
})

describe('a second report', () => {
  const guardduty = report({ source: 'guardduty', product: 'GuardDuty' })
  const waiting = (hours: number) => ({ absentSince: hoursAgo(hours), absentReason: 'waiting' })

  test('12 hours later confirms waiting resolutions, for a feed that reports only problems', () => {
    expect(provedBySecond(guardduty, waiting(12))).toBe(true)
    expect(provedBySecond(guardduty, waiting(11.999))).toBe(false)
    expect(provedBySecond(guardduty, waiting(0))).toBe(false)
    expect(provedBySecond(guardduty, waiting(-13))).toBe(false)
    expect(provedBySecond(report(), waiting(100))).toBe(false)
  })

  test('proves nothing that did not wait', () => {
    const absentSince = hoursAgo(100)
    for (const absentReason of ['not_looked_at', 'expired', 'no_region', null])
      expect(provedBySecond(guardduty, { absentSince, absentReason })).toBe(false)
    expect(provedBySecond(guardduty, { absentSince: null, absentReason: 'waiting' })).toBe(false)
  })
})
