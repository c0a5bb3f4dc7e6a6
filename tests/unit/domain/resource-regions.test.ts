import { expect, test } from 'vitest'
import { ResourceRegions } from '../../../lib/domain/feeds/resource-regions'

const regions = new ResourceRegions(
  [
    { control: 'S3.2', resource: { id: 'site-assets' }, region: 'eu-west-1' },
    { control: 'EC2.1', resource: { id: 'site-assets' }, region: 'us-east-1' },
  ],
  new Map([
    ['site-assets', 'ap-northeast-1'],
    ['shop-db', 'ap-northeast-3'],
  ]),
)

test.each([
  ['that of its control first', 'S3.2', 'site-assets', 'eu-west-1'],
  ['not that of another control', 'EC2.1', 'site-assets', 'us-east-1'],
  ['that of its name where the control does not know it', 'RDS.3', 'site-assets', 'ap-northeast-1'],
  ['that of its name alone', 'RDS.3', 'shop-db', 'ap-northeast-3'],
  ['unknown where neither knows it', 'RDS.3', 'other-db', undefined],
])('the Region of a resource is %s', (_rule, control, id, region) => {
  expect(regions.get({ control, resource: { id } })).toBe(region)
})
