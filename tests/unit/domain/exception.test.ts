import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  type Coverable,
  type Covering,
  coveringOf,
  ExceptionMatch,
  holds,
  isFor,
  mayEndAt,
  RequestRule,
  whyNot,
  withCovering,
} from '../../../lib/domain/exceptions/exception'
import { openStatuses } from '../../../lib/domain/findings/status'
import { findingKey } from '../../../lib/domain/identity/keys'

const day = (n: number) => new Date(Date.UTC(2026, 0, n))

function finding(change: Partial<Coverable> = {}): Coverable {
  return {
    key: findingKey('111111111111', 'aa'),
    accountId: '111111111111',
    environment: 'staging',
    accountTags: { unit: 'shop' },
    control: 'S3.2',
    resourceId: 'arn:aws:s3:::site-assets',
    tags: [{ 'public-site': 'yes' }],
    severity: 3,
    ...change,
  }
}

function exception(change: Partial<Covering> = {}): Covering {
  return {
    id: 1,
    kind: 'accepted',
    finding: findingKey('111111111111', 'aa'),
    match: null,
    condition: { tag: null, severityAtMost: null },
    expiresAt: day(10),
    coversUpTo: 5,
    ...change,
  }
}

const rule = (match: z.input<typeof ExceptionMatch>, change: Partial<Covering> = {}) =>
  exception({ finding: null, match: ExceptionMatch.parse(match), ...change })

describe('an exception is for', () => {
  test('its one finding', () => {
    expect(isFor(exception(), finding())).toBe(true)
    expect(isFor(exception(), finding({ key: findingKey('222222222222', 'aa') }))).toBe(false)
  })

  test.each([
    [{ control: 'S3.2' }, { control: 'S3.20' }],
    [{ control: 'S3.*' }, { control: 'EC2.2' }],
    [{ accounts: ['111111111111'] }, { accountId: '222222222222' }],
    [{ environments: ['staging'] }, { environment: 'production' }],
    [{ resource: '*:::site-*' }, { resourceId: 'arn:aws:s3:::ledger' }],
    [{ tag: { key: 'public-site' } }, { tags: [] }],
    [{ tag: { key: 'public-site', value: 'yes' } }, { tags: [{ 'public-site': 'no' }] }],
    [{ tag: { key: 'unit', value: 'shop' } }, { accountTags: {} }],
    [{ control: 'S3.2', environments: ['staging'] }, { environment: null }],
  ] satisfies [z.input<typeof ExceptionMatch>, Partial<Coverable>][])(
    'what its rule %j fits, and not for %j',
    (match, other) => {
      expect(isFor(rule(match), finding())).toBe(true)
      expect(isFor(rule(match), finding(other))).toBe(false)
    },
  )

  test('the tag in any one of its sources', () => {
    const told = finding({ tags: [{ unit: 'x' }, { 'public-site': 'yes' }] })
    expect(isFor(rule({ tag: { key: 'public-site' } }), told)).toBe(true)
  })

  test('a dot in a pattern is a dot', () => {
    expect(isFor(rule({ control: 'S3.2' }), finding({ control: 'S3x2' }))).toBe(false)
  })

  test('no finding, if its rule has no criterion', () => {
    expect(ExceptionMatch.safeParse({}).success).toBe(false)
    expect(RequestRule.safeParse({ kind: 'accepted', reason: 'x', until: '2026-02-01', match: {} }).success).toBe(false)
  })
})

describe('an exception covers', () => {
  test('until its date, and not at it', () => {
    expect(whyNot(exception(), finding(), new Date(day(10).getTime() - 1))).toBeNull()
    expect(whyNot(exception(), finding(), day(10))).toBe('date')
  })

  test('while the tag is on the resource; tags of the account are not the resource’s', () => {
    const condition = { tag: { key: 'public-site', value: null }, severityAtMost: null }
    expect(holds(condition, finding())).toBe(true)
    expect(holds(condition, finding({ tags: [] }))).toBe(false)
    expect(holds({ ...condition, tag: { key: 'unit', value: 'shop' } }, finding())).toBe(false)
    expect(whyNot(exception({ condition }), finding({ tags: [{}] }), day(1))).toBe('condition')
  })

  test('only while the severity does not rise', () => {
    const condition = { tag: null, severityAtMost: 'medium' as const }
    expect(whyNot(exception({ condition }), finding({ severity: 3 }), day(1))).toBeNull()
    expect(whyNot(exception({ condition }), finding({ severity: 4 }), day(1))).toBe('condition')
  })

  test('no more than its approver may decide', () => {
    expect(whyNot(exception({ coversUpTo: 3 }), finding({ severity: 3 }), day(1))).toBeNull()
    expect(whyNot(exception({ coversUpTo: 3 }), finding({ severity: 4 }), day(1))).toBe('condition')
  })

  test('alone before by rule, the oldest of each', () => {
    const [old, young, own] = [
      rule({ control: 'S3.2' }, { id: 2 }),
      rule({ control: '*' }, { id: 3 }),
      exception({ id: 9 }),
    ]
    expect(coveringOf([old, young], finding(), day(1))?.id).toBe(2)
    expect(coveringOf([old, young, own], finding(), day(1))?.id).toBe(9)
    expect(coveringOf([own, old, young], finding(), day(1))?.id).toBe(9)
    expect(coveringOf([{ ...old, expiresAt: day(0) }, young], finding(), day(1))?.id).toBe(3)
    expect(coveringOf([exception({ finding: findingKey('222222222222', 'bb') })], finding(), day(1))).toBeNull()
    expect(coveringOf([], finding(), day(1))).toBeNull()
  })
})

describe('a finding', () => {
  const open = { status: 'in_progress', exceptionId: null, beforeException: null } as const

  test('is suppressed while it is covered, and then returns to its former status', () => {
    const covered = withCovering(open, exception())
    expect(covered).toEqual({ status: 'accepted', exceptionId: 1, beforeException: 'in_progress' })
    expect(withCovering(covered, exception())).toEqual(covered)
    expect(withCovering(covered, null)).toEqual(open)
  })

  test('keeps its former status when another exception replaces the first', () => {
    const covered = withCovering(open, exception())
    const other = withCovering(covered, exception({ id: 2, kind: 'false_positive' }))
    expect(other).toEqual({ status: 'false_positive', exceptionId: 2, beforeException: 'in_progress' })
  })

  test('without a former status becomes new', () => {
    const lost = { status: 'accepted', exceptionId: 1, beforeException: null } as const
    expect(withCovering(lost, null)).toMatchObject({ status: 'new', exceptionId: null })
  })

  test('that is resolved has no exception, covered or not', () => {
    const resolved = { status: 'resolved', exceptionId: 1, beforeException: 'new' } as const
    const none = { status: 'resolved', exceptionId: null, beforeException: null }
    expect(withCovering(resolved, exception())).toEqual(none)
    expect(withCovering(resolved, null)).toEqual(none)
  })

  test.each(openStatuses)('that is %s does not change if nothing covers it', status => {
    const side = { status, exceptionId: null, beforeException: null }
    expect(withCovering(side, null)).toEqual(side)
  })
})

test('an exception ends within a year', () => {
  expect(mayEndAt(day(2), day(1))).toBe(true)
  expect(mayEndAt(day(1), day(1))).toBe(false)
  expect(mayEndAt(day(367), day(1))).toBe(true)
  expect(mayEndAt(day(368), day(1))).toBe(false)
})
