import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ControlCount, postureScore } from '../../../lib/domain/score'
import { severities, severityRank, toSeverity } from '../../../lib/domain/severity'

const count = (severity: ControlCount['severity'], passed: number, failed: number) => ({ severity, passed, failed })

test('no data is no score', () => {
  expect(postureScore([])).toBeNull()
  expect(postureScore([count('critical', 0, 0)])).toBeNull()
})

test('what was not checked does not count', () => {
  expect(postureScore([count('high', 1, 0), count('critical', 0, 0)])).toBe(100)
})

test('one failing resource fails its control', () => {
  expect(postureScore([count('high', 99, 1)])).toBe(0)
  expect(postureScore([count('high', 0, 3)])).toBe(0)
})

test('controls weigh by severity: 10, 7, 4, 2 and 1', () => {
  for (const [severity, weight] of [
    ['critical', 10],
    ['high', 7],
    ['medium', 4],
    ['low', 2],
  ] as const) {
    expect(postureScore([count(severity, 1, 0), count('informational', 0, 1)])).toBeCloseTo(
      (100 * weight) / (weight + 1),
    )
  }
})

test('lies between 0 and 100, does not depend on order, and never falls when a control is mended', () => {
  const counts = fc.array(
    fc.record({ severity: fc.constantFrom(...severities), passed: fc.nat(3), failed: fc.nat(3) }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(counts, ([first, ...rest]) => {
      if (!first) return
      const score = postureScore([first, ...rest])
      expect(postureScore([...rest, first]) ?? -1).toBeCloseTo(score ?? -1)
      if (score === null) return
      expect(score >= 0 && score <= 100).toBe(true)
      const mended = { ...first, passed: first.passed + first.failed, failed: 0 }
      expect(postureScore([mended, ...rest]) ?? -1).toBeGreaterThanOrEqual(score - 1e-9)
    }),
  )
})

test('severities are stored as ranks from 5 to 1 and read back', () => {
  expect(severities.map(severityRank)).toEqual([5, 4, 3, 2, 1])
  for (const severity of severities) expect(toSeverity(severityRank(severity))).toBe(severity)
  for (const rank of [0, 6, 1.5, Number.NaN]) expect(() => toSeverity(rank)).toThrow(RangeError)
})
