import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  importOf,
  job,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  receive,
} from './support-ingest'

let account = ''
beforeEach(async () => {
  account = newAccount()
  await pool().query(`DELETE FROM setting WHERE key = 'closing-limit'`)
})
afterAll(closeDatabase)

const pass = (parts: Partial<RecordParts> = {}) =>
  prowler({ account, control: 's3_public', resource: 'fine', status: 'PASSED', ...parts })
/** Failing buckets of one check, and a pass of it. */
const buckets = (to: number, from = 0) => [
  pass(),
  ...Array.from({ length: to - from }, (_, n) => prowler({ account, control: 's3_public', resource: `b${from + n}` })),
]

const instance = (n: number) => `arn:aws:ec2:us-east-1:${account}:instance/i-${n}`
/** Vulnerabilities of instances: `cves` of each. */
function vulnerabilities(instances: number, cves: number, from = 0) {
  const records: unknown[] = []
  for (let n = from; n < instances; n++)
    for (let cve = 0; cve < cves; cve++)
      records.push({
        ...asff({ account, product: 'Inspector', id: `v-${account}-${n}-${cve}` }),
        Compliance: undefined,
        GeneratorId: 'AWSInspector',
        Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
        Vulnerabilities: [{ Id: `CVE-2026-${1000 + cve}`, VulnerablePackages: [{ Name: `lib${cve}`, Version: '1' }] }],
        Resources: [{ Type: 'AwsEc2Instance', Id: instance(n), Region: 'us-east-1' }],
      })
  return records
}

async function openCount(): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    `SELECT count(*)::int AS n FROM finding WHERE account_id = $1 AND status IN ('new', 'acknowledged', 'in_progress')`,
    [account],
  )
  return rows[0]?.n ?? 0
}

describe('many simultaneous resolutions', () => {
  test.each([
    [20, 20, 'close'],
    [21, 21, 'wait'],
    [25, 21, 'wait'],
    [100, 30, 'close'],
    [100, 31, 'wait'],
    [70, 21, 'close'],
    [69, 21, 'wait'],
  ])('of %i open findings %i: they %s', async (all, missing, outcome) => {
    await complete(buckets(all), at(2))
    const run = await complete(buckets(all - missing), at(3))
    const waits = outcome === 'wait'
    expect(run).toMatchObject({ state: 'done', resolved: waits ? 0 : missing })
    expect(await openCount()).toBe(waits ? all : all - missing)
    const held = { accountId: account, source: 'prowler', reason: 'waiting', findings: missing, checks: 1, services: 1 }
    const places = [{ service: 's3', region: 'us-east-1', findings: missing }]
    expect(run.heldBack).toMatchObject(waits ? [{ ...held, places }] : [])
    await expectTrueCounts()
  })

  test('wait while the rest of the import is applied', async () => {
    await complete([...buckets(30), prowler({ account, control: 's3_logging' })], at(2))
    const fixed = prowler({ account, control: 's3_logging', status: 'PASSED', updatedAt: at(3) })
    const fresh = prowler({ account, control: 's3_public', resource: 'fresh' })
    const run = await complete([...buckets(2), fixed, fresh], at(3))
    expect(run).toMatchObject({ created: 1, resolved: 1, passed: 2 })
    expect(run.heldBack).toMatchObject([{ reason: 'waiting', findings: 28 }])
    expect(await findingOf(fixed)).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
    expect(await openCount()).toBe(31)
    await expectTrueCounts()
  })

  test('are compared with the findings that were open before the report', async () => {
    await complete(buckets(50), at(2))
    const renamed = Array.from({ length: 200 }, (_, n) => prowler({ account, control: 's3_public', resource: `n${n}` }))
    const run = await complete([...buckets(25), ...renamed], at(3))
    expect(run).toMatchObject({ created: 200, resolved: 0 })
    expect(run.heldBack).toMatchObject([{ reason: 'waiting', findings: 25 }])
  })

  test('add up over one day, and not over two', async () => {
    await complete(buckets(100), at(2))
    expect(await complete(buckets(80), at(3))).toMatchObject({ resolved: 20 })
    expect(await complete(buckets(70), at(3, 10))).toMatchObject({ resolved: 10 })
    expect(await complete(buckets(69), at(3, 20))).toMatchObject({ resolved: 0 })
    expect(await complete(buckets(69), at(5))).toMatchObject({ resolved: 1 })
    await expectTrueCounts()
  })

  test('of another feed and of another account do not count', async () => {
    const other = newAccount()
    const hub = (to: number) =>
      Array.from({ length: to }, (_, n) => asff({ account, control: 'S3.2', resource: `h${n}` }))
    const there = (to: number) =>
      Array.from({ length: to }, (_, n) => prowler({ account: other, control: 's3_public', resource: `o${n}` }))
    await complete([...buckets(50), ...there(50), pass({ account: other })], at(2))
    await complete([...hub(50), asff({ account, resource: 'fine', status: 'PASSED' })], at(2))
    const run = await complete([...buckets(35), ...there(35), pass({ account: other })], at(3))
    expect(run).toMatchObject({ resolved: 30, heldBack: [] })
    const next = await complete([...hub(35), asff({ account, resource: 'fine', status: 'PASSED' })], at(3, 1))
    expect(next).toMatchObject({ resolved: 15, heldBack: [] })
  })

  test('wait by the setting', async () => {
    await pool().query(`INSERT INTO setting (key, value) VALUES ('closing-limit', '{"number": 2, "share": 10}')`)
    await complete(buckets(30), at(2))
    expect(await complete(buckets(27), at(3))).toMatchObject({ resolved: 3 })
    expect(await complete(buckets(26), at(3, 1))).toMatchObject({ resolved: 0 })
  })
})

describe('a document without a record', () => {
  const named = () => ({ source: 'prowler', account }) as const

  test.each(['[]', '{"Findings":[]}'])(
    'closes nothing without a confirmation, however little it would be: %s',
    async text => {
      await complete(buckets(1), at(2))
      const run = await complete(text, at(3), named())
      expect(run).toMatchObject({ state: 'done', read: 0, resolved: 0 })
      expect(run.heldBack).toMatchObject([{ accountId: account, reason: 'waiting', findings: 1 }])
      expect(await openCount()).toBe(1)
      // However often it comes: this feed tells of passes, too.
      expect(await complete(text, at(9), named())).toMatchObject({ resolved: 0 })
      expect(await openCount()).toBe(1)
    },
  )

  test('does not affect a score', async () => {
    await complete([pass()], at(2))
    await complete('[]', at(3), named())
    const { rows } = await pool().query('SELECT passed FROM control_result WHERE account_id = $1', [account])
    expect(rows).toEqual([{ passed: 1 }])
    await expectTrueCounts()
  })

  test('does not resolve an accepted finding either', async () => {
    await complete(buckets(1), at(2))
    await pool().query(`UPDATE finding SET status = 'accepted' WHERE account_id = $1`, [account])
    await complete('[]', at(3), named())
    const { rows } = await pool().query(
      `SELECT count(*)::int AS n FROM sighting WHERE account_id = $1 AND result = 'failed' AND present`,
      [account],
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  test('is one whose records are all of other clouds', async () => {
    await complete(buckets(1), at(2))
    const azure = { ...prowler({ account }), cloud: { provider: 'azure', account: { uid: 'x' } } }
    expect(await complete([azure], at(3), named())).toMatchObject({ rejected: 1, resolved: 0 })
    expect(await openCount()).toBe(1)
  })
})

describe('vulnerabilities', () => {
  test('are counted per resource', async () => {
    await complete(vulnerabilities(30, 3), at(2))
    expect(await openCount()).toBe(90)
    // 60 findings of 20 resources.
    expect(await complete(vulnerabilities(10, 3), at(3))).toMatchObject({ resolved: 60, heldBack: [] })
    await expectTrueCounts()
  })

  test('of more resources wait until a second report, 12 hours later, lacks them too', async () => {
    await complete(vulnerabilities(30, 2), at(2))
    expect(await complete(vulnerabilities(9, 2), at(3))).toMatchObject({ resolved: 0 })
    expect(await complete(vulnerabilities(9, 2), at(3, 11, 59))).toMatchObject({ resolved: 0 })
    expect(await complete(vulnerabilities(9, 2), at(3, 12))).toMatchObject({ resolved: 42 })
    await expectTrueCounts()
  })

  test('of one resource are counted once, however many they are', async () => {
    await pool().query(`INSERT INTO setting (key, value) VALUES ('closing-limit', '{"number": 21, "share": 1}')`)
    await complete(vulnerabilities(30, 60), at(2))
    expect(await complete(vulnerabilities(10, 60), at(3))).toMatchObject({ resolved: 1200 })
    expect(await complete(vulnerabilities(9, 60), at(3, 1))).toMatchObject({ resolved: 60 })
    expect(await complete(vulnerabilities(8, 60), at(3, 2))).toMatchObject({ resolved: 0 })
  })

  test('that return in between start to wait again', async () => {
    await complete(vulnerabilities(30, 1), at(2))
    await complete(vulnerabilities(5, 1), at(3))
    await complete(vulnerabilities(30, 1), at(3, 6))
    expect(await complete(vulnerabilities(5, 1), at(3, 18))).toMatchObject({ resolved: 0 })
    expect(await complete(vulnerabilities(5, 1), at(4, 6))).toMatchObject({ resolved: 25 })
  })

  test('that a partial report still contains start to wait again', async () => {
    await complete(vulnerabilities(30, 1), at(2))
    await complete(vulnerabilities(5, 1), at(3))
    await partial(vulnerabilities(30, 1), at(3, 6))
    expect(await complete(vulnerabilities(5, 1), at(3, 18))).toMatchObject({ resolved: 0 })
    expect(await openCount()).toBe(30)
  })
})

test('a run that is killed while resolving ends as if undisturbed', async () => {
  await pool().query(`INSERT INTO setting (key, value) VALUES ('closing-limit', '{"number": 20, "share": 60}')`)
  await complete(buckets(2900), at(2))
  const { id } = await receive(buckets(1200), { coverage: 'complete', observedAt: at(3) })
  await pool().query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.resolved > 1000 THEN RAISE 'killed here'; END IF; RETURN NEW; END $$`)
  await pool().query('CREATE TRIGGER die BEFORE UPDATE ON import FOR EACH ROW EXECUTE FUNCTION die()')
  await expect(runImport(job, id)).rejects.toThrow('killed here')
  await pool().query('DROP FUNCTION die CASCADE')
  expect(await openCount()).toBe(1900)
  // More than a day later, when what the killed run closed no longer counts.
  setClock(() => at(5))
  expect(await runImport(job, id)).toBe(true)
  expect(await importOf(id)).toMatchObject({ state: 'done', resolved: 1700, heldBack: [] })
  expect(await openCount()).toBe(1200)
  await expectTrueCounts()
})
