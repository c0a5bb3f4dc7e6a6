import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findingIdOf, problemOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { outcomesOf } from '../../../lib/sources/registry'
import { checkById } from '../../../lib/sources/trusted-advisor/checks'
import { now, read } from './support'

const account = '012345678901'
const hash = '1EAf5bDXcZrPuybjLu6ABIv_M5eAutNd-TJzO4nSHGg'

/** A check result with one flagged resource per list of metadata. */
function result(checkId: string, ...rows: ((string | null)[] | null)[]) {
  return {
    checkId,
    timestamp: '2025-06-01T00:00:00Z',
    status: 'error',
    resourcesSummary: {},
    flaggedResources: rows.map((metadata, at) => ({
      status: 'error',
      region: 'ap-northeast-1',
      resourceId: at === 0 ? hash : `${hash.slice(0, -1)}${at}`,
      isSuppressed: false,
      metadata,
    })),
  }
}

function failing(record: unknown): Outcome[] {
  return outcomesOf(record, { now, account }).filter(outcome => outcome.result === 'failed')
}

/** The place of the finding of a check with this metadata. */
function placeOf(checkId: string, metadata: (string | null)[] | null): string | undefined {
  const [outcome] = failing(result(checkId, metadata))
  return outcome && problemOf(outcome).resourceId
}

/** A finding of Security Hub about a control. */
function hub(control: string, resource: { Type: string; Id: string }) {
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:ap-northeast-1:${account}:security-control/${control}/finding/1`,
    ProductArn: 'arn:aws:securityhub:ap-northeast-1::product/aws/securityhub',
    ProductName: 'Security Hub',
    Region: 'ap-northeast-1',
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    Severity: { Label: 'HIGH' },
    Title: control,
    Description: '',
    Resources: [resource],
    Compliance: { Status: 'FAILED', SecurityControlId: control },
    RecordState: 'ACTIVE',
  }
}

function findingIds(record: unknown): string[] {
  return [...new Set(failing(record).map(outcome => findingIdOf(outcome)))]
}

describe("the columns of the API's list of checks", () => {
  test('identify the bucket of the check of S3 bucket permissions', () => {
    const record = result('Pfx0RwqBli', ['us-east-1', 'us-east-1', 'my-bucket', 'No', 'No', 'Yellow', 'Yes', null])
    expect(failing(record)).toMatchObject([
      {
        resource: { id: 'my-bucket', type: 'AwsS3Bucket' },
        description:
          'Region Name: us-east-1\nRegion API Parameter: us-east-1\nBucket Name: my-bucket\nACL Allows List: No\nACL Allows Upload/Delete: No\nPolicy Allows Access: Yes',
      },
    ])
    // Anything public about a bucket: neither S3.2, which is reading, nor S3.3, which is writing.
    const bucket = { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::my-bucket' }
    expect(findingIds(record)).toEqual(findingIds(hub('s3_bucket_public_access', bucket)))
  })

  test.each([
    ['HCP4007jGY', 'EC2.19', ['ap-northeast-1', 'wizard-1', 'sg-0a1b2c3d (vpc-0123)', 'tcp', 'Red', '3389']],
    ['1iG5NDGVre', 'EC2.18', ['ap-northeast-1', 'wizard-1', 'sg-0a1b2c3d (vpc-0123)', 'tcp', '22', 'Red', '0.0.0.0/0']],
  ])(
    'identify the security group of check %s, which has the equivalent %s of Security Hub',
    (checkId, control, metadata) => {
      const [outcome] = failing(result(checkId, metadata))
      expect(outcome).toMatchObject({ resource: { id: 'sg-0a1b2c3d', type: 'AwsEc2SecurityGroup' } })
      expect(outcome?.description).toContain('Protocol: tcp')
      const arn = `arn:aws:ec2:ap-northeast-1:${account}:security-group/sg-0a1b2c3d`
      expect(findingIds(result(checkId, metadata))).toEqual(
        findingIds(hub(control, { Type: 'AwsEc2SecurityGroup', Id: arn })),
      )
    },
  )

  test('make one finding of two ports of a security group, each with its text', () => {
    const row = (port: string) => ['ap-northeast-1', 'wizard-1', 'sg-0a1b2c3d (vpc-0123)', 'tcp', 'Red', port]
    const record = result('HCP4007jGY', row('22'), row('3389'))
    expect(findingIds(record)).toHaveLength(1)
    expect(new Set(failing(record).map(sightingIdOf)).size).toBe(2)
    // Where Trusted Advisor gives both the same id they are one sighting.
    const [first, second] = record.flaggedResources
    const [one, ...more] = failing({ ...record, flaggedResources: [first, { ...second, resourceId: hash }] })
    expect(more).toEqual([])
    expect(one?.description).toContain('Ports: 22')
    expect(one?.description).toContain('Ports: 3389')
  })

  test('explain why a password policy is weak and why a trail delivers no logs', () => {
    const [policy] = failing(result('Yw2K9puPzl', ['Enabled', 'Off', 'On', 'On', 'On', 'Yellow', 'Not all are on']))
    expect(policy?.description).toContain('Reason: Not all are on')
    const [trail] = failing(result('vjafUGJ9H0', ['ap-northeast-1', 'main', 'On', 'logs', 'Internal Error', 'Red']))
    expect(trail?.description).toContain('Last Delivery Error: Internal Error')
  })

  test('reduce a zone to its Region', () => {
    const [record] = [result('f2iK5R6Dep', ['Red', 'ap-northeast-1a', 'main', 'vpc-1', 'No'])]
    const resources = record?.flaggedResources.map(flagged => ({ ...flagged, region: null }))
    expect(failing({ ...record, flaggedResources: resources })[0]?.region).toBe('ap-northeast-1')
  })
})

describe('metadata that no columns fit', () => {
  test('is stored without names', () => {
    expect(failing(result('Pfx0RwqBli', ['ap-northeast-1', 'my-bucket', 'Red', null]))[0]).toMatchObject({
      description: 'ap-northeast-1\nmy-bucket',
      region: 'ap-northeast-1',
    })
  })

  test('is not read by columns whose Region is none', () => {
    expect(failing(result('R365s2Qddf', ['Red', 'my-bucket', 'ap-northeast-1', 'No', 'No']))[0]?.description).toBe(
      'my-bucket\nap-northeast-1\nNo\nNo',
    )
  })

  test.each([
    [
      'HCP4007jGY',
      ['Red', 'sg-0a1b2c3d (vpc-0123)'],
      `arn:aws:ec2:ap-northeast-1:${account}:security-group/sg-0a1b2c3d`,
    ],
    [
      'brandnew00',
      ['x', `arn:aws:lambda:ap-northeast-1:${account}:function:f`],
      `arn:aws:lambda:ap-northeast-1:${account}:function:f`,
    ],
    ['brandnew00', ['x', 'arn:aws:s3:::a', 'arn:aws:s3:::b'], hash],
    // A group beside something else may be what it is attached to.
    ['brandnew00', ['x', 'sg-0a1b2c3d'], hash],
  ])('of %s, %j, gives only an id that is certain', (checkId, metadata, place) => {
    expect(placeOf(checkId, metadata)).toBe(place)
  })

  test.each(['Pfx0RwqBli', 'HCP4007jGY', 'ePs02jT06w', 'DqdJqYeRm5', 'CLOG40CDO8', 'L4dfs2Q4C5', 'f2iK5R6Dep'])(
    "never makes an ARN of Trusted Advisor's own id, of check %s",
    checkId => {
      for (const metadata of [null, ['Red'], ['a', 'b', 'c']])
        expect(placeOf(checkId, metadata)).toBe(`trusted-advisor/${hash}`)
    },
  )

  test('never becomes an ARN if it is an address or the name of a group', () => {
    expect(placeOf('Z4AUBRNSmz', ['ap-northeast-1', '203.0.113.7'])).toBe('203.0.113.7')
    expect(problemOf({ ...anOutcome(), control: 'EC2.19', resource: { id: 'wizard-1', type: '' } }).resourceId).toBe(
      'wizard-1',
    )
    expect(problemOf({ ...anOutcome(), control: 'S3.2', resource: { id: hash, type: '' } }).resourceId).toBe(hash)
  })
})

function anOutcome(): Outcome {
  const [outcome] = failing(result('brandnew00', null))
  if (!outcome) throw new Error('the record says nothing')
  return outcome
}

describe('the descriptions of checks in a document', () => {
  const described = (change: Record<string, unknown>) => ({
    id: 'Pfx0RwqBli',
    name: 'S3',
    description: '',
    category: 'security',
    metadata: [],
    ...change,
  })
  async function together(check: Record<string, unknown>, record: unknown): Promise<Outcome[]> {
    const { values } = await read(JSON.stringify({ checks: [check], result: record }))
    return values.flatMap(failing)
  }

  test('take precedence over the table: columns and category', async () => {
    const check = described({ metadata: ['Status', 'Region', 'Owner', 'Bucket Name'], category: 'cost_optimizing' })
    expect(await together(check, result('Pfx0RwqBli', ['Red', 'ap-northeast-1', 'hanako', 'my-bucket']))).toMatchObject(
      [{ severity: 'low', resource: { id: 'my-bucket' }, description: expect.stringContaining('Owner: hanako') }],
    )
  })

  test('do not replace the table if they do not match', async () => {
    const metadata = ['us-east-1', 'us-east-1', 'my-bucket', 'No', 'No', 'Yellow', 'Yes', null]
    expect(await together(described({ metadata: ['A'] }), result('Pfx0RwqBli', metadata))).toMatchObject([
      { resource: { id: 'my-bucket' } },
    ])
  })

  test('in another language still identify the snapshot and not its volume', async () => {
    const metadata = ['ステータス', 'リージョン', 'ボリューム ID', 'スナップショット ID', '説明']
    const record = result('ePs02jT06w', ['Red', 'ap-northeast-1', 'vol-01', 'snap-01', 'x'])
    expect(await together(described({ id: 'ePs02jT06w', metadata }), record)).toMatchObject([
      { resource: { id: 'snap-01' }, description: expect.stringContaining('スナップショット ID: snap-01') },
    ])
  })
})

describe('a check that is a Security Hub control', () => {
  const metadata = ['Yellow', 'ap-northeast-1', 'arn:aws:s3:::my-bucket', '1748736000000']

  test('is that control, with its title and severity, without a list of checks', () => {
    const record = result('Hs4Ma3G171', metadata)
    expect(failing(record)).toMatchObject([
      {
        title: 'S3 buckets should prohibit public read access',
        severity: 'critical',
        resource: { id: 'arn:aws:s3:::my-bucket', type: 'AwsS3Bucket' },
      },
    ])
    expect(findingIds(record)).toEqual(findingIds(hub('S3.2', { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::my-bucket' })))
  })

  test.each([
    ['<h4>Source</h4><br>AWS Security Hub<br>Security Hub control ID: S3.2<br>'],
    ['Security Hub Control Id: S3.2'],
    ['<a href="https://docs.aws.amazon.com/console/securityhub/S3.2/remediation">ドキュメント</a>'],
  ])('is recognized by its description: %s', async description => {
    const check = { id: 'Hs4Ma3G999', name: 'New', description, category: 'security', metadata: [] }
    const { values } = await read(JSON.stringify({ checks: [check], result: result('Hs4Ma3G999', metadata) }))
    expect(values.flatMap(findingIds)).toEqual(
      findingIds(hub('S3.2', { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::my-bucket' })),
    )
  })

  test('is the control in a newer description', async () => {
    const description = 'Security Hub control ID: S3.3'
    const check = { id: 'Hs4Ma3G171', name: 'New', description, category: 'security', metadata: [] }
    const { values } = await read(JSON.stringify({ checks: [check], result: result('Hs4Ma3G171', metadata) }))
    expect(values.flatMap(failing)).toMatchObject([{ control: 'S3.3', title: 'New' }])
  })

  test('is the same sighting with the list of checks and without', async () => {
    const description = 'Security Hub control ID: S3.2'
    const check = { id: 'Hs4Ma3G171', name: 'S3', description, category: 'security', metadata: [] }
    const record = result('Hs4Ma3G171', metadata)
    const { values } = await read(JSON.stringify({ checks: [check], result: record }))
    expect(values.flatMap(failing).map(sightingIdOf)).toEqual(failing(record).map(sightingIdOf))
  })

  test('without a description or a table entry still identifies its resource', () => {
    expect(failing(result('Hs4Ma3G998', metadata))).toMatchObject([
      { control: 'Hs4Ma3G998', resource: { id: 'arn:aws:s3:::my-bucket' } },
    ])
  })
})

describe('a resource of another account', () => {
  const arn = 'arn:aws:lambda:ap-northeast-1:999999999999:function:f'
  const refused = { code: 'other_account', params: { named: '999999999999', given: account }, accountId: account }

  test.each([
    ['in a check result', result('brandnew00', ['x', arn])],
    [
      'in a recommendation',
      {
        id: 'x',
        awsResourceId: arn,
        status: 'error',
        recommendationArn: `arn:aws:trustedadvisor::${account}:recommendation/r-1`,
      },
    ],
  ])('%s is refused, with both accounts', (_name, record) => {
    let thrown: unknown
    try {
      outcomesOf(record, { now, account })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(RejectedRecord)
    expect(thrown).toMatchObject(refused)
  })
})

const samples = process.env.HINOMI_SAMPLES ?? ''
const folder = join(samples, 'trusted-advisor')

describe.skipIf(samples === '' || !existsSync(folder))('real lists of checks (HINOMI_SAMPLES)', () => {
  const lists = (samples === '' ? [] : readdirSync(folder)).filter(name => /checks(_\d)?\.json$/i.test(name))

  test.each(lists)('%s has the columns of the table', name => {
    const { checks } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    expect(checks).not.toHaveLength(0)
    for (const { id, category, metadata } of checks) {
      expect(checkById(id), id).toMatchObject({ pillar: category, tableColumns: metadata })
    }
  })
})
