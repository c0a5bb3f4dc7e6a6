import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { parseKnownExploited } from '../../lib/domain/vulnerabilities/known-exploited'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { moveDueDates } from '../../lib/store/policies/due-policy'
import { saveKnownExploited } from '../../lib/store/vulnerabilities/known-exploited'
import { accessOf, addMember, adminAccess } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'

const account = newAccount()
const other = newAccount()
afterAll(closeDatabase)

const threat = {
  Id: 'b0b1',
  Arn: `arn:aws:guardduty:eu-west-1:${account}:detector/d1/finding/b0b1`,
  AccountId: account,
  Region: 'eu-west-1',
  Type: 'Backdoor:EC2/C&CActivity.B!DNS',
  Severity: 8,
  Title: 'An instance asks for a domain of attackers',
  SchemaVersion: '2.0',
  Resource: { ResourceType: 'Instance', InstanceDetails: { InstanceId: 'i-0a1b2c3d4e5f60718' } },
  Service: {
    Count: 2,
    EventLastSeen: at(1).toISOString(),
    Action: {
      ActionType: 'DNS_REQUEST',
      DnsRequestAction: { Domain: 'evil.example', RemoteIpDetails: { IpAddressV4: '198.51.100.77' } },
    },
  },
}

function vulnerability(of: string, id: string, more: Record<string, unknown> = {}) {
  return {
    findingArn: `arn:aws:inspector2:eu-west-1:${of}:finding/${id}`,
    awsAccountId: of,
    type: 'PACKAGE_VULNERABILITY',
    status: 'ACTIVE',
    severity: 'HIGH',
    title: `${id} - pkg`,
    resources: [
      {
        id: `arn:aws:ecr:eu-west-1:${of}:repository/shop/sha256:${'a'.repeat(64)}`,
        type: 'AWS_ECR_CONTAINER_IMAGE',
        details: { awsEcrContainerImage: { repositoryName: 'shop', imageTags: ['prod-1.2.3'] } },
      },
    ],
    packageVulnerabilityDetails: { vulnerabilityId: id, vulnerablePackages: [{ name: 'pkg', version: '1' }] },
    updatedAt: at(1).toISOString(),
    ...more,
  }
}

const shared = {
  id: 'a1',
  resource: `arn:aws:iam::${account}:role/deploy`,
  resourceType: 'AWS::IAM::Role',
  resourceOwnerAccount: account,
  analyzedAt: at(1).toISOString(),
  status: 'ACTIVE',
  isPublic: false,
  principal: { AWS: `arn:aws:iam::${other}:role/build` },
  action: ['sts:AssumeRole'],
  condition: {},
}

beforeAll(async () => {
  const log4j = vulnerability(account, 'CVE-2021-44228', {
    exploitAvailable: 'YES',
    fixAvailable: 'YES',
    epss: { score: 0.94 },
    firstObservedAt: '2024-05-01T15:30:00Z',
  })
  await ingest([threat], { observedAt: at(2) })
  await ingest([log4j, vulnerability(account, 'CVE-2026-99999', { exploitAvailable: 'NO', epss: { score: 0.02 } })], {
    observedAt: at(2),
  })
  await ingest([vulnerability(other, 'CVE-2021-44228')], { observedAt: at(2) })
  await ingest([shared], { observedAt: at(2) })
  await ingest([asff({ account, control: 'S3.2' })], { observedAt: at(2) })
})

async function controlsOf(filter: Record<string, unknown>): Promise<string[]> {
  const parsed = FindingFilter.parse({ account: [account], ...filter })
  const { rows, total } = await listFindings(job, parsed, { cursor: null, limit: 50 })
  expect(total).toBe(rows.length)
  return rows.map(row => row.control).sort()
}

const C2 = 'Backdoor:EC2/C&CActivity.B!DNS'
const LOG4J = 'CVE-2021-44228'

test.each([
  [{ class: ['threat'] }, [C2]],
  [{ class: ['threat', 'vulnerability'] }, [C2, LOG4J, 'CVE-2026-99999']],
  [{ class: ['posture', 'threat'] }, [C2, 'S3.2', 'access-analyzer/ExternalAccess']],
  [{ exploit: true }, [LOG4J]],
  [{ kev: true }, [LOG4J]],
  [{ epss: 10 }, [LOG4J]],
  [{ epss: 1 }, [LOG4J, 'CVE-2026-99999']],
  [{ fix: true }, [LOG4J]],
  [{ observedTo: '2024-05-02' }, [LOG4J]],
  // 2024-05-01 15:30 in UTC is the second of May in Tokyo, the zone of these tests.
  [{ observedFrom: '2024-05-02', observedTo: '2024-05-02' }, [LOG4J]],
  [{ observedTo: '2024-05-01' }, []],
  [{ text: '198.51.100.77' }, [C2]],
  [{ text: 'EVIL.example' }, [C2]],
  [{ text: 'prod-1.2' }, [LOG4J, 'CVE-2026-99999']],
  [{ text: `arn:aws:iam::${other}:role/build` }, ['access-analyzer/ExternalAccess']],
  [{ text: `arn:aws:iam::${account}:role/deploy` }, ['access-analyzer/ExternalAccess']],
  [{ text: '外部アクセス' }, ['access-analyzer/ExternalAccess']],
  [{ text: 'パブリックアクセス' }, []],
  [{ text: 'nothing-like-this' }, []],
])('%j lists %j', async (filter, controls) => {
  expect(await controlsOf(filter)).toEqual(controls)
})

test('the account of a principal is searched by its number, and named to those who see it', async () => {
  expect(await controlsOf({ text: other })).toEqual(['access-analyzer/ExternalAccess'])
  const { rows } = await listFindings(job, FindingFilter.parse({ account: [account], text: other }), {
    cursor: null,
    limit: 1,
  })
  const id = toFindingId(account, rows[0]?.id.slice(13) ?? '')
  expect((await getFinding(job, id)).principalAccounts).toMatchObject([{ id: other }])
  const member = await addMember('lead', { limited: true, accounts: [account] })
  const limited = await getFinding(accessOf(member, 'lead'), id)
  expect(limited.principalAccounts).toEqual([{ id: other, name: '' }])
  // An account that has left the organization is outside.
  await prisma().account.update({ where: { id: other }, data: { closedAt: at(3) } })
  expect((await getFinding(job, id)).principalAccounts).toEqual([])
  await prisma().account.update({ where: { id: other }, data: { closedAt: null } })
})

test('a page of a vulnerability knows the list of known exploited ones, and where else it is', async () => {
  const [row] = (
    await listFindings(job, FindingFilter.parse({ account: [account], kev: true }), { cursor: null, limit: 1 })
  ).rows
  const id = toFindingId(account, row?.id.slice(13) ?? '')
  const finding = await getFinding(job, id)
  expect(finding.knownExploit).toMatchObject({ listed: { added: '2021-12-10', ransomware: true }, outdated: true })
  expect(finding.elsewhere).toEqual({ findings: 1, accounts: 1 })
  const member = await addMember('lead', { limited: true, accounts: [account] })
  expect((await getFinding(accessOf(member, 'lead'), id)).elsewhere).toEqual({ findings: 0, accounts: 0 })
})

test('a newer list replaces the one of this version, and an older one does not', async () => {
  const admin = await adminAccess()
  const list = (dateReleased: string) =>
    parseKnownExploited({
      catalogVersion: '1',
      dateReleased,
      vulnerabilities: [
        {
          cveID: 'CVE-2026-99999',
          dateAdded: '2026-11-20',
          dueDate: '2026-12-11',
          knownRansomwareCampaignUse: 'Unknown',
        },
      ],
    })
  expect(await saveKnownExploited(admin, { list: list('2020-01-01T00:00:00.000Z'), from: 'kev.json' })).toBe(
    '2025-08-25',
  )
  expect(await controlsOf({ kev: true })).toEqual([LOG4J])
  expect(await saveKnownExploited(admin, { list: list('2026-06-01T15:00:00.000Z'), from: 'kev.json' })).toBe(
    '2026-06-01',
  )
  // A job applies it.
  while (await moveDueDates(job));
  expect(await controlsOf({ kev: true })).toEqual(['CVE-2026-99999'])
})

test.each([[{}], [{ dateReleased: 'today', vulnerabilities: [] }], [[]], ['<html>']])(
  '%j is no list of known exploited vulnerabilities',
  value => {
    expect(() => parseKnownExploited(value)).toThrow()
  },
)
