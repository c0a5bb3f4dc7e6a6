import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { type ExportedFinding, exportFindings } from '../../lib/queries/findings/export/export'
import { addComment, setStatus } from '../../lib/store/findings/triage'
import { attach } from '../support/files'
import { accessOf, addMember } from '../support/people'
import { asff, at, complete, findingOf, job, newAccount, type RecordParts } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })

async function exported(): Promise<ExportedFinding[]> {
  const rows: ExportedFinding[] = []
  const filter = FindingFilter.parse({ account: [account], status: ['new', 'resolved'] })
  for await (const page of exportFindings(job, filter)) rows.push(...page)
  return rows
}

test('an open finding is exported with the severity of each source, and without a resolution', async () => {
  await complete([one()], at(2))
  const [row] = await exported()
  expect(row).toMatchObject({
    openedAt: at(2),
    resolvedAt: null,
    resolvedBy: null,
    resolvedImport: null,
    exceptionId: null,
  })
  expect(row?.severities).toMatch(/^security-hub=(critical|high|medium|low)$/)
})

test('a finding that a report resolved names the report', async () => {
  await complete([one(), one({ control: 'S3.9' })], at(2))
  await complete([one({ control: 'S3.9' })], at(3))
  const row = (await exported()).find(each => each.control === 'S3.2')
  const latest = await prisma().import.findFirstOrThrow({ orderBy: { id: 'desc' } })
  expect(row).toMatchObject({ resolvedAt: at(3), resolvedReason: 'absent', resolvedImport: latest.id, severities: '' })
})

test('a finding names its files with their hashes', async () => {
  await complete([one()], at(2))
  const id = toFindingId(account, (await findingOf(one()))?.id ?? '')
  await attach(accessOf(await addMember('lead'), 'lead'), '証跡.txt', 'The bucket was removed', { finding: id })
  expect(await exported()).toMatchObject([{ evidence: expect.stringMatching(/^証跡\.txt sha256:[0-9a-f]{64}$/) }])
})

test('a finding that a person resolved names the person and the reason', async () => {
  await complete([one()], at(2))
  const lead = await addMember('lead', { name: 'Hanako' })
  const id = toFindingId(account, (await findingOf(one()))?.id ?? '')
  await setStatus(accessOf(lead, 'lead'), {
    selection: { ids: [id] },
    status: 'resolved',
    reason: 'Removed the bucket',
  })
  const [row] = await exported()
  const decision = {
    resolvedReason: 'hand',
    resolvedBy: 'Hanako',
    resolvedText: 'Removed the bucket',
    resolvedImport: null,
  }
  expect(row).toMatchObject(decision)
})

test('the details of a vulnerability, its comments and its tags are exported', async () => {
  const record = {
    findingArn: `arn:aws:inspector2:us-east-1:${account}:finding/1`,
    awsAccountId: account,
    status: 'ACTIVE',
    severity: 'HIGH',
    title: 'CVE-2021-44228 - log4j',
    description: 'Remote code execution',
    type: 'PACKAGE_VULNERABILITY',
    remediation: { recommendation: { text: 'Update log4j', Url: 'https://example.com/advice' } },
    resources: [
      {
        type: 'AWS_EC2_INSTANCE',
        id: `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`,
        region: 'us-east-1',
        tags: { Team: 'payments' },
      },
    ],
    packageVulnerabilityDetails: {
      vulnerabilityId: 'CVE-2021-44228',
      referenceUrls: ['https://nvd.nist.gov/vuln/detail/CVE-2021-44228'],
      cvss: [
        { version: '2.0', baseScore: 9.3, scoringVector: 'AV:N/AC:M', source: 'NVD' },
        { version: '3.1', baseScore: 10, scoringVector: 'CVSS:3.1/AV:N/AC:L', source: 'NVD' },
      ],
      vulnerablePackages: [{ name: 'log4j', version: '2.14', fixedInVersion: '2.17.1' }],
    },
  }
  await complete([record], at(2))
  const [found] = await exported()
  const lead = await addMember('lead', { name: 'Hanako' })
  await addComment(accessOf(lead, 'lead'), { selection: { ids: [found?.id ?? ''] }, text: 'Waiting for the vendor' })
  const [row] = await exported()
  expect(row).toMatchObject({
    description: 'Remote code execution',
    remediation: expect.stringContaining('Update log4j'),
    tags: 'Team=payments',
    kev: true,
    cvss: 10,
    cvssVector: 'CVSS:3.1/AV:N/AC:L',
    fixedVersions: 'log4j 2.17.1',
    references: expect.stringContaining('https://nvd.nist.gov/vuln/detail/CVE-2021-44228'),
    frameworks: '',
  })
  expect(row?.comments).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ Hanako: Waiting for the vendor$/)
})

test('the requirements of a control are exported, and who suppressed it in its source', async () => {
  const note = {
    Text: 'Accepted by the board',
    UpdatedBy: 'arn:aws:iam::111111111111:user/jiro',
    UpdatedAt: at(1).toISOString(),
  }
  await complete([{ ...one({ suppressed: true }), Note: note }], at(2))
  const rows: ExportedFinding[] = []
  for await (const page of exportFindings(job, FindingFilter.parse({ account: [account], status: ['suppressed'] })))
    rows.push(...page)
  expect(rows).toMatchObject([
    {
      kev: null,
      cvss: null,
      suppressedBy: note.UpdatedBy,
      suppressedAt: note.UpdatedAt,
      suppressedNote: note.Text,
      frameworks: expect.stringContaining('fsbp S3.2'),
    },
  ])
})
