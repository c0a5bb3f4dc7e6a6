import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../../lib/domain/findings/facts'
import {
  type FindingState,
  noUrgency,
  type SightingState,
  settle,
  startsAs,
  tagsOf,
  type Urgency,
} from '../../../lib/domain/findings/lifecycle'
import { openStatuses } from '../../../lib/domain/findings/status'
import { results, sourceIds } from '../../../lib/domain/imports/outcome'

function sighting(change: Partial<SightingState> = {}): SightingState {
  return {
    id: 'a',
    source: 'prowler',
    result: 'failed',
    present: true,
    severity: 3,
    title: 'A bucket is public',
    resourceType: 'AwsS3Bucket',
    tags: null,
    unproven: false,
    firstObservedAt: null,
    facts: null,
    ownControl: null,
    searchKeys: [],
    ...change,
  }
}

function finding(change: Partial<FindingState> = {}): FindingState {
  return {
    status: 'new',
    severity: 3,
    title: 'A bucket is public',
    resourceType: 'AwsS3Bucket',
    sources: ['prowler'],
    resolvedReason: null,
    firstObservedAt: new Date('2026-11-20T00:00:00Z'),
    urgency: noUrgency,
    terms: '',
    searchKeys: [],
    ...change,
  }
}

function vulnerable(urgency: Urgency): Facts {
  return {
    kind: 'vulnerability',
    exploitSeen: null,
    cvss: [],
    packages: [],
    references: [],
    vendorSeverity: null,
    image: null,
    ...urgency,
  }
}

/** The title of a finding after these sightings: that of the one that it takes its fields from. */
function titleOf(...sightings: SightingState[]): string {
  return settle(finding({ title: 'An earlier title' }), sightings).state.title
}

test('a finding exists since the earliest time at which a source found the problem', () => {
  const earlier = new Date('2026-01-01T00:00:00Z')
  const since = (result: SightingState['result']) =>
    settle(finding(), [sighting(), sighting({ id: 'b', result, firstObservedAt: earlier })]).state.firstObservedAt
  for (const result of results)
    expect(since(result)).toEqual(startsAs(result) === null ? finding().firstObservedAt : earlier)
})

describe('the sighting that determines the fields of a finding', () => {
  test('is present and failed: without one the finding is resolved', () => {
    expect(settle(finding(), [sighting()]).resolved).toBe(false)
    expect(settle(finding(), []).resolved).toBe(true)
    expect(settle(finding(), [sighting({ present: false })]).resolved).toBe(true)
    for (const result of results.filter(result => result !== 'failed' && result !== 'suppressed')) {
      expect(settle(finding(), [sighting({ result })]).resolved).toBe(true)
    }
  })

  test('is the worst', () => {
    const worst = sighting({ id: 'z', source: 'security-hub', severity: 4, title: 'The worst' })
    expect(titleOf(sighting(), worst, sighting({ id: 'b', severity: 2 }))).toBe('The worst')
  })

  test('is, at the same severity, that of the first source by name', () => {
    const first = sighting({ id: 'z', source: 'asff', title: 'The first source' })
    expect(titleOf(sighting({ source: 'security-hub' }), first, sighting())).toBe('The first source')
  })

  test('of one source is the first by id', () => {
    const first = sighting({ id: 'a', title: 'The first id' })
    expect(titleOf(sighting({ id: 'c' }), first, sighting({ id: 'b' }))).toBe('The first id')
  })

  test('is never the control that a check of Hinomi names, where a source wrote one', () => {
    const own = sighting({ id: 'a', source: 'hinomi', severity: 5, title: 'S3.2' })
    expect(titleOf(own, sighting({ id: 'b', title: 'A source' }))).toBe('A source')
    const alone = settle(finding({ title: 'An earlier title' }), [own])
    expect([alone.state.title, alone.refreshed]).toEqual(['An earlier title', ['severity']])
  })

  test('does not depend on the order of sightings', () => {
    const any = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      source: fc.constantFrom(...sourceIds),
      result: fc.constantFrom(...results),
      present: fc.boolean(),
      severity: fc.integer({ min: 1, max: 5 }),
      title: fc.constantFrom('t', 'u'),
      resourceType: fc.constant('r'),
      tags: fc.option(fc.dictionary(fc.constantFrom('env', 'owner'), fc.constantFrom('a', 'b'))),
      unproven: fc.boolean(),
      facts: fc.option(
        fc
          .record({
            exploit: fc.constantFrom(true, false, null),
            epss: fc.option(fc.integer({ min: 0, max: 100 })),
            fix: fc.constantFrom('yes' as const, 'no' as const, 'partial' as const, null),
          })
          .map(vulnerable),
      ),
      ownControl: fc.option(fc.constantFrom('check41', 'restricted-ssh')),
      searchKeys: fc.subarray(['1', '20', '3']),
      firstObservedAt: fc.option(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
      ),
    })
    const list = fc.uniqueArray(any, { selector: item => item.id, maxLength: 4 })
    fc.assert(
      fc.property(
        list.chain(items => fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length }))),
        ([items, shuffled]) => {
          expect(settle(finding({ sources: [] }), shuffled)).toEqual(settle(finding({ sources: [] }), items))
        },
      ),
    )
  })
})

describe('sightings of a sender who cannot resolve findings', () => {
  const lesser = (change: Partial<SightingState>) =>
    sighting({ id: 'b', title: 'Nothing to see', resourceType: 'Other', unproven: true, ...change })

  test('raises the severity and leaves the text', () => {
    const { state, refreshed } = settle(finding(), [sighting(), lesser({ severity: 5 })])
    expect(state).toEqual(finding({ severity: 5 }))
    expect(refreshed).toEqual(['severity'])
  })

  test('never lowers the severity', () => {
    expect(settle(finding(), [sighting(), lesser({ severity: 1 })]).state).toEqual(finding())
  })

  test('counts if no other sender reports the problem', () => {
    const passed = sighting({ result: 'passed', severity: 5 })
    expect(settle(finding(), [passed, lesser({ severity: 2 })]).state).toMatchObject({
      severity: 2,
      title: 'Nothing to see',
    })
  })
})

describe('while a problem is reported', () => {
  test.each([...openStatuses, 'accepted', 'false_positive'] as const)(
    '%s, set by a person, does not change',
    status => {
      expect(settle(finding({ status }), [sighting()])).toEqual({
        state: finding({ status }),
        reopened: false,
        resolved: false,
        suppressed: false,
        unsuppressed: false,
        hidden: false,
        refreshed: [],
      })
    },
  )

  test('severity, title and resource follow the source, each named', () => {
    const { state, refreshed } = settle(finding(), [sighting({ severity: 5, title: 'New', resourceType: 'Other' })])
    expect(state).toMatchObject({ severity: 5, title: 'New', resourceType: 'Other', status: 'new' })
    expect(refreshed).toEqual(['severity', 'title', 'resource'])
    expect(settle(finding(), [sighting({ title: 'New' })]).refreshed).toEqual(['title'])
    expect(settle(finding(), [sighting({ severity: 1 })]).refreshed).toEqual(['severity'])
    expect(settle(finding(), [sighting({ resourceType: 'Other' })]).refreshed).toEqual(['resource'])
  })

  test('the sources are those that report it now, each once, sorted', () => {
    const sightings = [
      sighting({ source: 'security-hub' }),
      sighting({ id: 'b' }),
      sighting({ id: 'c' }),
      sighting({ id: 'd', source: 'asff', result: 'passed' }),
      sighting({ id: 'e', source: 'ocsf', present: false }),
    ]
    expect(settle(finding(), sightings).state.sources).toEqual(['prowler', 'security-hub'])
  })

  test('a resolved finding is new again and loses its reason', () => {
    const { state, reopened, resolved } = settle(finding({ status: 'resolved', resolvedReason: 'absent' }), [
      sighting(),
    ])
    expect({ reopened, resolved }).toEqual({ reopened: true, resolved: false })
    expect(state).toMatchObject({ status: 'new', resolvedReason: null, sources: ['prowler'] })
  })

  test('a pass of one source resolves nothing while another fails', () => {
    const sightings = [sighting({ result: 'passed' }), sighting({ id: 'b', source: 'security-hub' })]
    expect(settle(finding(), sightings)).toMatchObject({ resolved: false, state: { status: 'new' } })
  })
})

describe('once no problem is reported', () => {
  test.each([...openStatuses, 'accepted', 'false_positive'] as const)('%s resolves', status => {
    const settled = settle(finding({ status }), [sighting({ result: 'passed' })])
    expect(settled).toMatchObject({ resolved: true, reopened: false, refreshed: [] })
    expect(settled.state).toEqual(finding({ status: 'resolved', resolvedReason: 'passed' }))
  })

  test('a resolved finding keeps its reason', () => {
    const closed = finding({ status: 'resolved', resolvedReason: 'hand' })
    expect(settle(closed, [sighting({ result: 'passed' })])).toEqual({
      state: closed,
      reopened: false,
      resolved: false,
      suppressed: false,
      unsuppressed: false,
      hidden: false,
      refreshed: [],
    })
  })

  test.each([
    ['absent', [sighting({ present: false })]],
    ['absent', [sighting({ result: 'passed', present: false })]],
    ['absent', []],
    ['passed', [sighting({ result: 'passed' }), sighting({ id: 'b', present: false })]],
    ['archived', [sighting({ result: 'archived' }), sighting({ id: 'b', result: 'passed' })]],
  ] as const)('the reason is %s', (reason, sightings) => {
    expect(settle(finding(), sightings).state.resolvedReason).toBe(reason)
  })

  test('title and severity keep the values of the last report', () => {
    const { state } = settle(finding(), [sighting({ result: 'passed', title: 'Passed', severity: 1 })])
    expect(state).toMatchObject({ title: 'A bucket is public', severity: 3 })
  })
})

test.each([
  ['failed', 'open'],
  ['archived', 'resolved'],
  ['suppressed', 'suppressed'],
  ['passed', null],
  ['not_available', null],
] as const)('a finding first reported as %s starts as %s', (result, start) => {
  expect(startsAs(result)).toBe(start)
})

test('tags come from the sources that report the problem now', () => {
  const told = { env: 'a' }
  expect(tagsOf([sighting({ tags: told }), sighting({ id: 'b' })])).toEqual([told])
  expect(tagsOf([sighting({ tags: told, result: 'passed' }), sighting({ tags: told, present: false })])).toEqual([])
})

describe('a finding that its sources suppress', () => {
  const hidden = sighting({ result: 'suppressed' })

  test('is suppressed, not resolved, and new again once one of them no longer does', () => {
    const first = settle(finding({ status: 'in_progress' }), [hidden, sighting({ id: 'b', result: 'passed' })])
    expect(first).toMatchObject({ suppressed: true, hidden: true, resolved: false })
    expect(first.state).toMatchObject({ status: 'suppressed', resolvedReason: null })
    expect(settle(first.state, [hidden])).toMatchObject({ suppressed: false, state: { status: 'suppressed' } })
    const again = settle(first.state, [hidden, sighting({ id: 'b' })])
    expect(again).toMatchObject({ unsuppressed: true, reopened: false, hidden: false, state: { status: 'new' } })
  })

  test('is resolved once none of them reports it', () => {
    const suppressed = finding({ status: 'suppressed' })
    expect(settle(suppressed, [sighting({ result: 'passed' })])).toMatchObject({
      resolved: true,
      state: { status: 'resolved', resolvedReason: 'passed' },
    })
    expect(settle(suppressed, [{ ...hidden, present: false }]).state.resolvedReason).toBe('absent')
  })

  test('keeps its exception, and stays resolved by hand', () => {
    expect(settle(finding({ status: 'accepted' }), [hidden]).state.status).toBe('accepted')
    const byHand = finding({ status: 'resolved', resolvedReason: 'hand' })
    expect(settle(byHand, [hidden])).toMatchObject({ suppressed: false, state: byHand })
  })

  test('is not suppressed by a sender who may not close findings', () => {
    expect(settle(finding(), [{ ...hidden, unproven: true }]).state.status).not.toBe('suppressed')
  })
})

describe('the urgency of a vulnerability', () => {
  const says = (id: string, urgency: Urgency, change: Partial<SightingState> = {}) =>
    sighting({ id, facts: vulnerable(urgency), ...change })
  const of = (...sightings: SightingState[]) => settle(finding(), sightings).state.urgency

  test('is the worst of those that report it now', () => {
    expect(
      of(says('a', { exploit: false, epss: 3, fix: 'no' }), says('b', { exploit: true, epss: 90, fix: 'yes' })),
    ).toEqual({
      exploit: true,
      epss: 90,
      fix: 'yes',
    })
    const gone = says('b', { exploit: true, epss: 90, fix: 'yes' }, { present: false })
    expect(of(says('a', { exploit: null, epss: 0, fix: 'partial' }), gone)).toEqual({
      exploit: null,
      epss: 0,
      fix: 'partial',
    })
  })

  test('is unknown where no source says it', () => {
    expect(of(sighting())).toEqual(noUrgency)
  })
})
