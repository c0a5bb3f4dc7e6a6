import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { AccountId } from '../../lib/domain/accounts/account-id'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getAccount } from '../../lib/queries/accounts/account'
import { getFinding } from '../../lib/queries/findings/finding'
import { updateOfFinding } from '../../lib/queries/vulnerabilities/updates'
import { accessOf, addMember } from '../support/people'
import { at, complete, job, newAccount, partial } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const container = () => `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:${'a'.repeat(64)}`
const instance = (n: number) => `arn:aws:ec2:eu-west-1:${account}:instance/i-0123456789abcdef${n}`

interface Parts {
  cve: number
  resource: string
  packages: [name: string, installed: string, fixed: string | null][]
  severity?: string
  fix?: string
}

function native({ cve, resource, packages, severity = 'HIGH', fix = 'YES' }: Parts) {
  const id = `CVE-2099-${String(cve).padStart(4, '0')}`
  const isImage = resource.includes(':ecr:')
  return {
    findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/${id}/${resource}`,
    awsAccountId: account,
    status: 'ACTIVE',
    severity,
    title: id,
    fixAvailable: fix,
    updatedAt: at(1).toISOString(),
    resources: [
      {
        id: resource,
        type: isImage ? 'AWS_ECR_CONTAINER_IMAGE' : 'AWS_EC2_INSTANCE',
        region: 'eu-west-1',
        ...(isImage && { details: { awsEcrContainerImage: { repositoryName: 'shop', imageTags: ['1.4', 'latest'] } } }),
      },
    ],
    packageVulnerabilityDetails: {
      vulnerabilityId: id,
      vulnerablePackages: packages.map(([name, version, fixedInVersion]) => ({ name, version, fixedInVersion })),
    },
  }
}

function report() {
  return [
    native({ cve: 1, resource: container(), packages: [['openssl', '3.0.1', '3.0.9']], severity: 'CRITICAL' }),
    native({ cve: 2, resource: container(), packages: [['openssl', '3.0.1', '3.0.13']] }),
    native({ cve: 3, resource: container(), packages: [['zlib', '1.2', '1.3']], severity: 'LOW' }),
    native({ cve: 4, resource: container(), packages: [['curl', '8.0', null]], fix: 'NO' }),
    native({ cve: 5, resource: instance(1), packages: [['bash', '5.0', '5.2']] }),
    native({ cve: 5, resource: instance(2), packages: [['bash', '5.0', '5.2']] }),
    native({ cve: 6, resource: instance(2), packages: [['bash', '5.0', '5.10']], severity: 'LOW' }),
  ]
}

async function findingOfCve(cve: number, resource: string) {
  const { rows } = await pool().query<{ id: string }>(
    'SELECT id::text FROM finding WHERE account_id = $1 AND control = $2 AND resource_id = $3',
    [account, `CVE-2099-${String(cve).padStart(4, '0')}`, resource],
  )
  return getFinding(job, toFindingId(AccountId.parse(account), rows[0]?.id ?? ''))
}

test('the page of a vulnerability says what its update closes, and what a new image would', async () => {
  await complete(report(), at(2))
  expect(await updateOfFinding(job, await findingOfCve(1, container()))).toEqual({
    update: { packages: ['openssl'], version: '3.0.13', others: { high: 1 }, closes: 1 },
    fixable: { critical: 1, high: 1, low: 1 },
    total: 3,
    isImage: true,
  })
  expect(await updateOfFinding(job, await findingOfCve(6, instance(2)))).toMatchObject({
    update: { packages: ['bash'], version: '5.10', others: { high: 1 } },
    total: 2,
    isImage: false,
  })
  expect(await updateOfFinding(job, await findingOfCve(4, container()))).toBeNull()
})

test('the use of an image stays when a newer copy leaves it out', async () => {
  const record = native({ cve: 1, resource: container(), packages: [['openssl', '3.0.1', '3.0.9']] })
  const [resource] = record.resources
  const used = {
    details: { awsEcrContainerImage: { imageTags: ['1.4'], inUseCount: 3, lastInUseAt: at(1).toISOString() } },
  }
  await complete([{ ...record, resources: [{ ...resource, ...used }] }], at(2))
  const copy = {
    SchemaVersion: '2018-10-08',
    Id: record.findingArn,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
    ProductName: 'Inspector',
    GeneratorId: 'AWSInspector',
    AwsAccountId: account,
    Region: 'eu-west-1',
    Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    Severity: { Label: 'HIGH' },
    Title: record.title,
    UpdatedAt: at(3).toISOString(),
    Resources: [
      { Type: 'AwsEcrContainerImage', Id: container(), Details: { AwsEcrContainerImage: { ImageTags: ['1.5'] } } },
    ],
    Vulnerabilities: [{ Id: record.title, VulnerablePackages: [{ Name: 'openssl', Version: '3.0.1' }] }],
  }
  await partial([copy], at(3))
  const { facts } = await findingOfCve(1, container())
  expect(facts).toMatchObject({ image: { tags: ['1.5'], inUse: 3, lastInUse: '2026-06-01' } })
})

test('an account lists the updates that close most: images, and packages wherever they are', async () => {
  await complete(report(), at(2))
  const { updates } = await getAccount(job, AccountId.parse(account))
  expect(updates).toEqual([
    {
      kind: 'image',
      key: container(),
      image: 'shop:1.4, latest',
      version: null,
      resources: 1,
      total: 3,
      critical: 1,
      high: 1,
      medium: 0,
      low: 1,
      informational: 0,
    },
    expect.objectContaining({
      kind: 'package',
      key: 'bash 5.0',
      version: '5.10',
      resources: 2,
      total: 3,
      high: 2,
      low: 1,
    }),
  ])
})

test('a closed vulnerability is no longer part of an update', async () => {
  await complete(report(), at(2))
  await complete(report().slice(4), at(3))
  const { updates } = await getAccount(job, AccountId.parse(account))
  expect(updates.map(({ key }) => key)).toEqual(['bash 5.0'])
})

test('a limited reader sees no update of other accounts', async () => {
  await complete(report(), at(2))
  const finding = await findingOfCve(1, container())
  const limited = accessOf(await addMember('member', { limited: true, accounts: [newAccount()] }), 'member')
  expect(await updateOfFinding(limited, finding)).toBeNull()
})
