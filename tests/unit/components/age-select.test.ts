import { expect, test } from 'vitest'
import { observedAt } from '../../../components/findings/filters/age-select'

test.each([
  ['within7', { observedFrom: '2026-06-04', observedTo: null }],
  ['over30', { observedFrom: null, observedTo: '2026-05-12' }],
  ['any', { observedFrom: null, observedTo: null }],
])('%s is counted in days of the organization', (age, days) => {
  // The eleventh of June has begun in Tokyo.
  expect(observedAt(age, new Date('2026-06-10T20:00:00Z'), 'Asia/Tokyo')).toMatchObject(days)
})

test('or last observed, which is one date at a time', () => {
  const none = { observedFrom: null, observedTo: null, lastObservedFrom: null, lastObservedTo: null }
  const chosen = (id: string) => observedAt(id, new Date('2026-06-10T20:00:00Z'), 'Asia/Tokyo')
  expect(chosen('reported1')).toEqual({ ...none, lastObservedFrom: '2026-06-10' })
  expect(chosen('unreported7')).toEqual({ ...none, lastObservedTo: '2026-06-04' })
  expect(chosen('any')).toEqual(none)
})
