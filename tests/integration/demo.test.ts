import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { env } from '../../lib/env'
import { verifyChain } from '../../lib/queries/chain/verify'
import { sealNext } from '../../lib/store/chain/chain'
import { demoState, markDemo, NotADemo, recreate } from '../../scripts/demo/database'
import { fillDemo } from '../../scripts/demo/fill'
import { jobAccess } from '../support/job'

const end = new Date('2026-11-20T06:00:00Z')
let first: string[] = []

async function numberOf(from: string): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`)
  return rows[0]?.n ?? 0
}

/** Every finding with its outcome. */
async function findings(): Promise<string[]> {
  const { rows } = await pool().query<{ line: string }>(
    `SELECT concat_ws(' ', f.account_id, f.id, f.control, f.severity, f.status, f.team, f.due_at, f.reopened_count, m.email) AS line
     FROM finding f LEFT JOIN member m ON m.id = f.owner_id ORDER BY f.account_id, f.id`,
  )
  return rows.map(row => row.line)
}

beforeAll(async () => {
  await markDemo('begun')
  await fillDemo({ days: 6, end })
  first = await findings()
}, 120_000)
afterAll(closeDatabase)

test('keys of pipelines are in use, switched off and deleted', async () => {
  expect(await numberOf(`access_key WHERE judged = 'pipeline' AND active`)).toBeGreaterThan(3)
  expect(
    await numberOf(`access_key WHERE judged = 'pipeline' AND ended_at IS NOT NULL AND gone_at IS NULL`),
  ).toBeGreaterThan(3)
  expect(await numberOf('access_key WHERE gone_at IS NOT NULL')).toBeGreaterThan(0)
})

test('the sample organization has accounts, one of them unnamed', async () => {
  expect(await numberOf('account')).toBe(11)
  expect(await numberOf(`account WHERE name = '' AND environment IS NULL`)).toBe(1)
  expect(await numberOf('member')).toBe(12)
})

test.each([
  ['open', `finding WHERE status IN ('new', 'acknowledged', 'in_progress')`],
  ['taken up', `finding WHERE status = 'in_progress' AND owner_id IS NOT NULL`],
  ['resolved because a check passed', `finding WHERE status = 'resolved' AND resolved_reason = 'passed'`],
  ['resolved because the tool archived them', `finding WHERE status = 'resolved' AND resolved_reason = 'archived'`],
  ['reopened', 'finding WHERE reopened_count > 0'],
  ['overdue', 'finding WHERE overdue'],
  ['unowned', `finding WHERE status = 'new' AND owner_id IS NULL`],
  ['weaknesses', `finding WHERE class = 'vulnerability'`],
  ['threats', `finding WHERE class = 'threat'`],
  [
    'threats with an address, an action and a count',
    `sighting WHERE class = 'threat' AND facts ->> 'action' IS NOT NULL AND facts -> 'count' > '0' AND (jsonb_array_length(facts -> 'remotes') > 0 OR facts ->> 'domain' IS NOT NULL)`,
  ],
  [
    'threats with a user and a key',
    `sighting WHERE class = 'threat' AND facts ->> 'principal' IS NOT NULL AND facts ->> 'accessKeyId' LIKE 'AKIA%'`,
  ],
  [
    'vulnerabilities with score, EPSS and fix',
    `finding f JOIN sighting s ON s.account_id = f.account_id AND s.finding_id = f.id WHERE f.epss > 50 AND f.exploit AND f.fix = 'yes' AND jsonb_array_length(s.facts -> 'cvss') > 0`,
  ],
  [
    'vulnerabilities of images in use',
    `sighting WHERE facts -> 'image' -> 'inUse' > '0' AND jsonb_array_length(facts -> 'image' -> 'tags') > 0`,
  ],
  ['checks with code', `sighting WHERE facts ->> 'cli' LIKE 'aws %' AND facts ->> 'terraform' LIKE 'resource %'`],
  ['access of others', `sighting WHERE facts ->> 'kind' = 'access' AND jsonb_array_length(facts -> 'principals') > 0`],
  ['covered by an exception', `finding WHERE status = 'accepted' AND exception_id IS NOT NULL`],
  ['false positives', `finding WHERE status = 'false_positive'`],
  ['back from an exception', `finding_event WHERE kind = 'returned'`],
  ['suppressed at the source', `finding WHERE status = 'suppressed'`],
  ['commented', `finding_event WHERE kind = 'comment'`],
  ['of trust policies', `finding WHERE control = 'hinomi/oidc-whole-organization' AND status = 'new'`],
  ['of keys of pipelines', `finding WHERE control = 'hinomi/pipeline-key' AND status = 'new'`],
  [
    'of a control that fails in several Regions of an account',
    `(SELECT FROM finding WHERE status IN ('new', 'acknowledged', 'in_progress') AND control = ANY ('{Config.1,GuardDuty.1}')
      GROUP BY account_id, control HAVING count(DISTINCT region) > 1) AS regional`,
  ],
])('some findings are %s', async (_what, from) => {
  expect(await numberOf(from)).toBeGreaterThan(0)
})

test('there are requested, active, ending, rejected and ended exceptions', async () => {
  const { rows } = await pool().query('SELECT state, count(*)::int AS n FROM exception GROUP BY state ORDER BY state')
  expect(rows).toEqual([
    { state: 'approved', n: 3 },
    { state: 'ended', n: 1 },
    { state: 'rejected', n: 1 },
    { state: 'requested', n: 1 },
  ])
})

test('an exception has all that an auditor asks for, and one has an overdue review', async () => {
  expect(
    await numberOf(`exception WHERE controls <> '' AND ticket LIKE 'https://%' AND note <> '' AND state = 'approved'`),
  ).toBe(1)
  expect(await numberOf(`exception WHERE state = 'approved' AND review_at < '${end.toISOString()}'`)).toBe(1)
  const { rows } = await pool().query('SELECT name, type FROM attachment ORDER BY type')
  expect(rows).toEqual([
    { name: 'バケット一覧.csv', type: 'csv' },
    { name: 'mail-relay-migration.pdf', type: 'pdf' },
  ])
})

test('every day has a snapshot of every account that was known', async () => {
  expect(await numberOf('(SELECT DISTINCT day FROM snapshot) AS days')).toBe(6)
  expect(await numberOf('snapshot WHERE score IS NOT NULL')).toBeGreaterThanOrEqual(60)
})

test('every report of a tool is read completely; an edited one is refused in part', async () => {
  expect(
    await numberOf(`import WHERE file_name LIKE ANY ('{inspector-%,access-%}') AND (state <> 'done' OR rejected > 0)`),
  ).toBe(0)
  expect(await numberOf(`import WHERE file_name LIKE ANY ('{inspector-%,access-%}')`)).toBe(2)
  expect(
    await numberOf(
      `import WHERE origin <> 'browser' AND (state <> 'done' OR rejected > 0 OR held_back @> '[{"reason": "rejects"}]')`,
    ),
  ).toBe(0)
  expect(await numberOf(`import WHERE state = 'done' AND rejected = 3`)).toBe(1)
  expect(await numberOf(`import WHERE state = 'failed'`)).toBe(1)
})

test('a connection has read the organization and is paused, so that nothing calls AWS', async () => {
  const { rows } = await pool().query(
    `SELECT c.kind, c.paused_at IS NOT NULL AS paused, (SELECT count(*)::int FROM account a WHERE a.connection_id = c.id) AS accounts,
      (SELECT array_agg(DISTINCT r.state) FROM collection_round r WHERE r.connection_id = c.id) AS rounds FROM connection c`,
  )
  expect(rows).toEqual([{ kind: 'organization', paused: true, accounts: 10, rounds: ['done'] }])
  expect(await numberOf(`collection_task WHERE state <> 'done'`)).toBe(0)
  expect(await numberOf(`account WHERE it_scope AND decided_by -> 'itScope' ->> 'rule' = '本番'`)).toBeGreaterThan(2)
})

test('the usage standard is published, with a check that is switched off', async () => {
  expect(await numberOf(`setting WHERE key = 'standard-page' AND (value -> 'value' ->> 'published')::boolean`)).toBe(1)
  expect(await numberOf(`setting WHERE key = 'standard' AND jsonb_array_length(value -> 'value' -> 'off') = 1`)).toBe(1)
})

test('one feed has fallen silent', async () => {
  expect(await numberOf(`feed WHERE source = 'prowler' AND last_at < '2026-11-19'`)).toBe(1)
})

test('its history is sealed and valid, whatever its age', async () => {
  const access = jobAccess('test')
  while (await sealNext(access));
  expect(await verifyChain(access, null)).toMatchObject({ broken: null, pending: 0, misdated: { count: 0 } })
  expect(await numberOf('chain_seal')).toBeGreaterThan(100)
})

test('an interrupted filling restarts and creates the same findings', async () => {
  expect(await demoState()).toBe('begun')
  const url = env().DATABASE_URL
  await closeDatabase()
  await recreate(url)
  expect(await demoState()).toBe('empty')
  await fillDemo({ days: 6, end })
  expect(await findings()).toEqual(first)
  await expect(demoState()).rejects.toThrow(NotADemo)
}, 120_000)
