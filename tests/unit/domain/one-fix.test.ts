import { describe, expect, test } from 'vitest'
import { machineImageArn } from '../../../lib/domain/identity/fix-target'
import { findingIdOf, problemOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import { machineImageKey } from '../../../lib/domain/identity/keys'
import { outcomesOf } from '../../../lib/sources/registry'

const now = new Date('2026-06-20T00:00:00Z')
const account = '111122223333'
const digest = 'a'.repeat(64)
const container = `arn:aws:ecr:eu-west-1:${account}:repository/team/shop/sha256:${digest}`
const lambda = `arn:aws:lambda:eu-west-1:${account}:function:shop:$LATEST`
const instance = (id: string) => `arn:aws:ec2:eu-west-1:${account}:instance/${id}`
const image = 'arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0'
const inGroup = { 'aws:autoscaling:groupName': 'shop', Name: 'shop' }

interface Parts {
  resource: string
  cve?: string
  packages?: string[]
  tags?: unknown
  imageId?: string | undefined
}

function native({ resource, cve = 'CVE-2099-0001', packages = ['libone'], tags, imageId }: Parts) {
  return outcomesOf(
    {
      findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/${packages.join()}`,
      awsAccountId: account,
      status: 'ACTIVE',
      severity: 'HIGH',
      title: cve,
      resources: [{ id: resource, type: 'X', region: 'eu-west-1', tags, details: { awsEc2Instance: { imageId } } }],
      packageVulnerabilityDetails: {
        vulnerabilityId: cve,
        vulnerablePackages: packages.map(name => ({ name, version: '1.0' })),
      },
    },
    { now },
  )
}

function copy({ resource, cve = 'CVE-2099-0001', packages = ['libone'], tags, imageId }: Parts) {
  return outcomesOf(
    {
      SchemaVersion: '2018-10-08',
      Id: `arn:aws:inspector2:eu-west-1:${account}:finding/${packages.join()}`,
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
      ProductName: 'Inspector',
      GeneratorId: 'AWSInspector',
      AwsAccountId: account,
      Region: 'eu-west-1',
      Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
      Severity: { Label: 'HIGH' },
      Title: cve,
      Description: '',
      Resources: [{ Id: resource, Type: 'X', Tags: tags, Details: { AwsEc2Instance: { ImageId: imageId } } }],
      Vulnerabilities: [
        {
          Id: cve,
          VulnerablePackages: packages.map(Name => ({ Name, Version: '1.0' })),
          FixAvailable: 'PARTIAL',
          ExploitAvailable: 'YES',
          EpssScore: 0.123,
        },
      ],
    },
    { now },
  )
}

const ids = (...outcomes: ReturnType<typeof native>) => new Set(outcomes.map(outcome => findingIdOf(outcome)))

describe('a container image', () => {
  test('is one finding per CVE, for all packages and tools', () => {
    const said = [
      ...native({ resource: container, packages: ['libone', 'libtwo'] }),
      ...native({ resource: container, packages: ['libthree'] }),
      ...copy({ resource: container, packages: ['libone'] }),
    ]
    expect(ids(...said).size).toBe(1)
    expect(new Set(said.map(sightingIdOf)).size).toBe(4)
  })

  test('of another digest, or another CVE, is another', () => {
    const others = [
      native({ resource: container.replace('aaa', 'bbb') }),
      native({ resource: container, cve: 'CVE-1' }),
    ]
    expect(ids(...native({ resource: container }), ...others.flat()).size).toBe(3)
  })

  test('is distinguished from ids that only look like one', () => {
    for (const resource of ['shop:latest', lambda, `arn:aws:ecr:eu-west-1:${account}:repository/shop`]) {
      expect(ids(...native({ resource, packages: ['libone', 'libtwo'] })).size).toBe(2)
    }
  })
})

describe('an instance of an Auto Scaling group', () => {
  const grouped = { tags: inGroup, imageId: 'ami-0123456789abcdef0' }

  test('belongs to its machine image, with all other instances and packages', () => {
    const said = [
      ...native({ resource: 'i-01', packages: ['libone', 'libtwo'], ...grouped }),
      ...native({ resource: 'i-02', ...grouped }),
      ...copy({ resource: instance('i-01'), ...grouped }),
      ...copy({ resource: instance('i-03'), ...grouped, tags: [{ Key: 'aws:autoscaling:groupName', Value: 'shop' }] }),
    ]
    expect(ids(...said).size).toBe(1)
    expect(new Set(said.map(outcome => problemOf(outcome).resourceId))).toEqual(new Set([image]))
    expect(said.map(outcome => outcome.resource.id)).toEqual([
      'i-01',
      'i-01',
      'i-02',
      instance('i-01'),
      instance('i-03'),
    ])
  })

  test('of another image is another finding', () => {
    const other = native({ resource: 'i-02', ...grouped, imageId: 'ami-0fffffffffffffff0' })
    expect(ids(...native({ resource: 'i-01', ...grouped }), ...other).size).toBe(2)
  })

  test('is known from another report if this one leaves it out', () => {
    const [bare] = copy({ resource: instance('i-01') })
    const [told] = native({ resource: 'i-01', ...grouped })
    if (!bare || !told) throw new Error('the records say nothing')
    const known = new Map([[machineImageKey(account, 'i-01'), image]])
    expect(problemOf(bare).resourceId).toBe(instance('i-01'))
    expect(problemOf(bare, known).resourceId).toBe(image)
    expect(findingIdOf(bare, problemOf(bare, known))).toBe(findingIdOf(told))
    const elsewhere = { ...bare, accountId: '444455556666' }
    expect(problemOf(elsewhere, known).resourceId).toBe(instance('i-01'))
  })

  test.each([
    ['no tags', { imageId: 'ami-0123456789abcdef0' }],
    ['other tags', { tags: { Name: 'shop' }, imageId: 'ami-0123456789abcdef0' }],
    ['no image', { tags: inGroup }],
    ['no real image', { tags: inGroup, imageId: 'latest' }],
  ])('cannot be recognized with %s', (_what, parts) => {
    for (const outcome of [
      ...native({ resource: 'i-01', ...parts }),
      ...copy({ resource: instance('i-01'), ...parts }),
    ]) {
      expect(problemOf(outcome).resourceId).toBe(instance('i-01'))
    }
  })
})

test('a single instance has one finding per package, under the same name for all sources', () => {
  const said = [
    ...native({ resource: 'i-01', packages: ['libone', 'libtwo'] }),
    ...copy({ resource: instance('i-01'), packages: ['libone'] }),
  ]
  expect(ids(...said).size).toBe(2)
  expect(new Set(said.map(outcome => problemOf(outcome).resourceId))).toEqual(new Set([instance('i-01')]))
})

test('a resource with a name like an instance does not change', () => {
  const [outcome] = native({ resource: 'i-web_server' })
  expect(outcome && problemOf(outcome).resourceId).toBe('i-web_server')
})

test('the ARN of a machine image contains its partition and no account', () => {
  expect(machineImageArn('cn-north-1', 'ami-01')).toBe('arn:aws-cn:ec2:cn-north-1::image/ami-01')
  expect(machineImageArn('global', 'ami-01')).toBeNull()
})

test('the copy in Security Hub has exploit, fix and EPSS as well', () => {
  expect(copy({ resource: container })[0]?.facts).toMatchObject({ exploit: true, fix: 'partial', epss: 12 })
})
