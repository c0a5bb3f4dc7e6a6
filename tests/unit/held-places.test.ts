import { expect, test } from 'vitest'
import { placesOf } from '@/lib/ingest/close/close-report'

test('places with the same number of findings have a fixed order, whatever the order of the rows', () => {
  const rows = [
    { findingId: '1', control: 'S3.1', region: 'us-east-1' },
    { findingId: '2', control: 'S3.1', region: 'eu-west-1' },
    { findingId: '3', control: 'EC2.2', region: 'us-east-1' },
    { findingId: '4', control: 'EC2.2', region: null },
    { findingId: '5', control: 'IAM.6', region: null },
    { findingId: '6', control: 'IAM.6', region: null },
  ]
  const places = placesOf(rows)
  expect(placesOf(rows.toReversed())).toEqual(places)
  expect(places.map(({ region, findings }) => `${region} ${findings}`)).toEqual([
    'global 2',
    'global 1',
    'us-east-1 1',
    'eu-west-1 1',
    'us-east-1 1',
  ])
})
