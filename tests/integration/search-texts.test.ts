import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { FindingFilter } from '../../lib/domain/findings/filter'
import { searchKey, searchTextsOf } from '../../lib/domain/findings/search/search-texts'
import { listFindings } from '../../lib/queries/findings/list'
import { noteTexts } from '../../lib/store/feeds/search-texts'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'
import { holding } from './support-locks'

const account = newAccount()
const other = newAccount()
afterAll(closeDatabase)

function tagged(control: string, resource: string, tags: Record<string, string>, description: string, of = account) {
  const record = asff({ account: of, control, resource, description })
  return { ...record, Resources: [{ Type: 'AwsS3Bucket', Id: resource, Tags: tags }] }
}

function vulnerable(id: string, name: string, version: string) {
  return {
    findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/${id}`,
    awsAccountId: account,
    type: 'PACKAGE_VULNERABILITY',
    status: 'ACTIVE',
    severity: 'HIGH',
    title: `${id} - ${name}`,
    description: 'A crafted request writes out of bounds.',
    resources: [
      {
        id: `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:${'a'.repeat(64)}`,
        type: 'AWS_ECR_CONTAINER_IMAGE',
      },
    ],
    packageVulnerabilityDetails: { vulnerabilityId: id, vulnerablePackages: [{ name, version }] },
    updatedAt: at(1).toISOString(),
  }
}

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
  Service: { Count: 2, EventLastSeen: at(1).toISOString(), Action: { ActionType: 'DNS_REQUEST' } },
}

beforeAll(async () => {
  await ingest(
    [
      tagged(
        'S3.2',
        'arn:aws:s3:::payroll-2026',
        { Team: 'billing', Stage: 'production' },
        'Bucket payroll-2026 is open to 0.0.0.0/0 on port 22.',
      ),
      tagged(
        'S3.5',
        'arn:aws:s3:::customer-mail',
        { Team: 'crm', 'cost=center': '7' },
        'バケットの通信が暗号化されていません。',
      ),
      tagged(
        'IAM.3',
        `arn:aws:iam::${account}:user/alice`,
        { Stage: 'development' },
        'The key of a person is old.\n\nRotate it.',
      ),
    ],
    { observedAt: at(2) },
  )
  await ingest(
    [
      tagged(
        'KMS.4',
        `arn:aws:kms:eu-west-1:${other}:key/k1`,
        { Team: 'billing' },
        'No rotation in another account.',
        other,
      ),
    ],
    {
      observedAt: at(2),
    },
  )
  await ingest([vulnerable('CVE-2026-1', 'OpenSSL', '1.1.1k'), vulnerable('CVE-2026-2', 'openssl-libs', '1')], {
    observedAt: at(2),
  })
  await ingest([threat], { observedAt: at(2) })
})

async function controlsOf(filter: Record<string, unknown>): Promise<string[]> {
  const { rows, total } = await listFindings(job, FindingFilter.parse({ account: [account], ...filter }), {
    cursor: null,
    limit: 50,
  })
  expect(total).toBe(rows.length)
  return rows.map(row => row.control).sort()
}

const C2 = 'Backdoor:EC2/C&CActivity.B!DNS'

test.each([
  [{ tag: ['Team'] }, ['S3.2', 'S3.5']],
  [{ tag: ['Team=billing'] }, ['S3.2']],
  [{ tag: ['Team=billing', 'Stage=development'] }, ['IAM.3', 'S3.2']],
  [{ tag: ['team=billing'] }, []],
  [{ tag: ['cost=center'] }, ['S3.5']],
  [{ tag: ['cost=center=7'] }, ['S3.5']],
  [{ package: ['openssl'] }, ['CVE-2026-1']],
  [{ package: ['OpenSSL 1.1.1k'] }, ['CVE-2026-1']],
  [{ package: ['openssl', 'openssl-libs'] }, ['CVE-2026-1', 'CVE-2026-2']],
  [{ category: ['threat'] }, [C2]],
  [{ category: ['vulnerability'] }, ['CVE-2026-1', 'CVE-2026-2']],
  [{ category: ['exposure'] }, ['S3.2']],
  [{ category: ['threat', 'exposure', 'encryption'] }, [C2, 'S3.2', 'S3.5']],
  [{ category: ['saas'] }, []],
  [{ framework: ['fsbp'] }, ['IAM.3', 'S3.2', 'S3.5']],
  [{ category: ['exposure'], tag: ['Team=billing'], text: 'payroll' }, ['S3.2']],
])('the filters %j find %j', async (filter, controls) => {
  expect(await controlsOf(filter)).toEqual(controls)
})

test.each([
  ['0.0.0.0/0', ['S3.2']],
  ['OPEN TO', ['S3.2']],
  ['Bucket payroll-2026 is open to', ['S3.2']],
  ['bucket payroll-20', ['S3.2']],
  ['Bucket customer-mail is open to', []],
  ['out of bounds', ['CVE-2026-1', 'CVE-2026-2']],
  ['rotate', ['IAM.3']],
  ['key of a', ['IAM.3']],
  ['Team=crm', ['S3.5']],
  ['暗号', ['S3.5']],
  ['通信', [C2, 'S3.5']],
  ['信暗', []],
  ['暗号化されていません', ['S3.5']],
  ['100%_', []],
])('the text %s finds %j', async (text, controls) => {
  expect(await controlsOf({ text })).toEqual(controls)
})

test('another account is not found', async () => {
  const limited = accessOf(await addMember('member', { accounts: [account], limited: true }), 'member')
  for (const filter of [{ tag: ['Team=billing'] }, { text: 'No rotation' }, { category: ['encryption' as const] }]) {
    const { rows } = await listFindings(limited, FindingFilter.parse(filter), { cursor: null, limit: 50 })
    expect(new Set(rows.map(row => row.accountId))).not.toContain(other)
  }
})

test('a changed tag and description take the place of the former', async () => {
  await ingest(
    [tagged('S3.2', 'arn:aws:s3:::payroll-2026', { Team: 'audit' }, 'Bucket payroll-2026 is closed again, nearly.')],
    { observedAt: at(3) },
  )
  expect(await controlsOf({ tag: ['Team=billing'] })).toEqual([])
  expect(await controlsOf({ tag: ['Team=audit'] })).toEqual(['S3.2'])
  expect(await controlsOf({ text: 'closed again' })).toEqual(['S3.2'])
  expect(await controlsOf({ text: '0.0.0.0/0' })).toEqual([])
})

test('the database splits records into the same texts with the same keys', async () => {
  const word = fc.constantFrom(
    'arn:aws:s3:::bucket-1',
    'bucket-1',
    'user/alice',
    'alice',
    '\n',
    '\n\n',
    '\r\n',
    '\t',
    ' ',
    'é',
    '漏えい',
    '😀',
    '[a.*',
    '\\1',
    '%_',
    'é'.repeat(2100),
  )
  const text = fc.array(word, { maxLength: 12 }).map(words => words.join(''))
  const record = fc.record({
    class: fc.constantFrom('posture' as const, 'vulnerability' as const),
    description: text,
    tags: fc.option(fc.dictionary(fc.constantFrom('a', 'b=c', '名前'), fc.constantFrom('', 'x', 'y=z'))),
    resourceId: fc.constantFrom(
      'arn:aws:s3:::bucket-1',
      'arn:aws:iam::111122223333:user/alice',
      'alice',
      'arn:aws:a:b:c:',
      'é'.repeat(4),
      '😀😀',
      '',
    ),
    packageName: fc.constantFrom('', 'OpenSSL 1.1', 'Ünïcode', 'a'),
  })
  await fc.assert(
    fc.asyncProperty(record, async of => {
      const { rows } = await pool().query<{ kind: string; text: string; key: string }>(
        'SELECT kind, text, search_key(kind, text)::text AS key FROM search_texts($1, $2, $3, $4, $5)',
        [of.class, of.description, of.tags === null ? null : JSON.stringify(of.tags), of.resourceId, of.packageName],
      )
      const own = searchTextsOf(of).map(each => `${each.kind} ${each.text} ${searchKey(each)}`)
      expect(rows.map(row => `${row.kind} ${row.text} ${row.key}`).sort()).toEqual([...new Set(own)].sort())
      expect(new Set(own).size).toBe(own.length)
    }),
    { numRuns: 300 },
  )
})

test('an import does not wait in the database for another one that stores the same texts', async () => {
  const text = { kind: 'line', text: 'Two imports bring this line at once.' } as const
  const key = searchKey(text)
  const release = await holding(
    `WITH turn AS (SELECT pg_advisory_xact_lock(hashtextextended('search-texts', 0)))
      INSERT INTO search_text (id, kind, text) SELECT $1::bigint, 'line', $2 FROM turn`,
    [key, text.text],
  )
  const writing = noteTexts(job, new Map([[key, text]]))
  const waits = `SELECT l.locktype FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()`
  for (let polls = 0; polls < 50; polls++) expect((await pool().query(waits)).rows).toEqual([])
  await release()
  await writing
  const stored = await pool().query('SELECT text FROM search_text WHERE id = $1', [key])
  expect(stored.rows).toEqual([{ text: text.text }])
})
