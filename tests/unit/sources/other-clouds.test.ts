import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { rejectOf } from './support'

const now = new Date('2026-06-10T00:00:00Z')

type Provider = string | null | undefined | number

/** A finding of Security Hub with one resource per provider. */
function asff(...providers: Provider[]): Record<string, unknown> {
  return {
    SchemaVersion: '2018-10-08',
    Id: 'id',
    ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/inspector',
    GeneratorId: 'AWSInspector',
    AwsAccountId: '012345678901',
    Severity: { Label: 'HIGH' },
    Title: 'T',
    Resources: providers.map((Provider, at) => ({ Id: `r${at}`, Type: 'Other', Provider })),
  }
}

function inspector(...providers: Provider[]): Record<string, unknown> {
  return {
    findingArn: 'arn:aws:inspector2:us-east-1:012345678901:finding/1',
    awsAccountId: '012345678901',
    type: 'PACKAGE_VULNERABILITY',
    status: 'ACTIVE',
    severity: 'HIGH',
    resources: providers.map((provider, at) => ({ id: `r${at}`, type: 'OTHER', provider })),
    packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-0001', vulnerablePackages: [] },
  }
}

describe.each([
  ['Security Hub', asff],
  ['Inspector', inspector],
] as const)('a record of %s', (_name, record) => {
  test.each([[['AZURE']], [['Azure']], [['GCP']], [['Google Cloud']], [['Microsoft Azure']], [['AZURE', 'GCP']]])(
    'is refused where all of its resources are in %s',
    providers => {
      expect(rejectOf(record(...providers))).toMatchObject({
        code: 'other_cloud',
        params: { provider: providers[0] },
        accountId: null,
      })
    },
  )

  test.each<[Provider[]]>([
    [['AWS']],
    [['aws']],
    [['']],
    [[null]],
    [[undefined]],
    [[7]],
    [['Acme']],
    [['azure-scanner']],
    [['AZURE', 'AWS']],
    [['AZURE', undefined]],
  ])('is read if its resources are in %j', providers => {
    expect(outcomesOf(record(...providers), { now }).length).toBeGreaterThan(0)
  })

  test('of another cloud is refused as such, whatever its account is called', () => {
    const account = { AwsAccountId: 'subscription', awsAccountId: 'subscription' }
    expect(rejectOf({ ...record('AZURE'), ...account }).code).toBe('other_cloud')
  })
})
