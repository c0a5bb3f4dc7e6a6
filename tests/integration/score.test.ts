import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { putControlTable, shippedControlTable } from '../../lib/domain/controls/table'
import { getAccount } from '../../lib/queries/accounts/account'
import { accessFor } from '../support/organisation'
import { type ControlStatement, inBand, modelScore } from '../support/score-model'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  unratedControlTable,
} from './support-ingest'

afterAll(closeDatabase)

const lead = accessFor('lead')
let account = ''
beforeEach(() => {
  account = newAccount()
})

/** The score that the account's page shows. */
async function shown(): Promise<number | null> {
  return (await getAccount(lead, account)).score
}

/** The model's score of what the sightings say now. */
async function recounted(): Promise<number | null> {
  const { rows } = await pool().query<ControlStatement>(
    `SELECT control, severity, result FROM sighting WHERE account_id = $1 AND present AND class = 'posture'`,
    [account],
  )
  return modelScore(rows)
}

/** The score, once it is known to be that of the present sightings. */
async function score(): Promise<number | null> {
  const [is, wanted] = [await shown(), await recounted()]
  if (wanted === null) expect(is).toBeNull()
  else expect(is).toBeCloseTo(wanted, 9)
  await expectTrueCounts()
  return is
}

const hub = (parts: Partial<RecordParts>) => asff({ account, updatedAt: null, ...parts })
const passes = () => hub({ control: 'S3.9', severity: 'MEDIUM', status: 'PASSED', resource: 'other' })

describe('the weight of a control', () => {
  test('goes down when its source lowers the severity', async () => {
    await complete([hub({ severity: 'CRITICAL' }), passes()], at(2))
    expect(await score()).toBeCloseTo(inBand(40, 40), 9)
    await complete([hub({ severity: 'LOW' }), passes()], at(3))
    expect(await score()).toBeCloseTo(inBand(80, 1), 9)
  })

  test('goes up when its source raises the severity', async () => {
    await complete([hub({ severity: 'LOW' }), passes()], at(2))
    await complete([hub({ severity: 'HIGH' }), passes()], at(3))
    expect(await score()).toBeCloseTo(inBand(60, 15), 9)
  })

  test('is that of its worst resource, and decreases when that one is deleted or downgraded', async () => {
    const bucket = (resource: string, severity: string) => hub({ resource, severity })
    await complete([bucket('a', 'CRITICAL'), bucket('b', 'HIGH'), bucket('c', 'LOW'), passes()], at(2))
    expect(await score()).toBeCloseTo(inBand(40, 40), 9)
    await complete([bucket('b', 'HIGH'), bucket('c', 'LOW'), passes()], at(3))
    expect(await score()).toBeCloseTo(inBand(60, 15), 9)
    await partial([bucket('b', 'MEDIUM')], at(4))
    expect(await score()).toBeCloseTo(inBand(80, 5), 9)
  })

  test('is that of its worst feed', async () => {
    const other = (severity: string) => prowler({ account, severity, updatedAt: null })
    await complete([hub({ severity: 'LOW' }), passes()], at(2))
    await complete([other('Critical')], at(2))
    expect(await score()).toBeCloseTo(inBand(40, 40), 9)
    await complete([other('Medium')], at(3))
    expect(await score()).toBeCloseTo(inBand(80, 5), 9)
    await complete([passes()], at(4))
    expect(await score()).toBeCloseTo(inBand(80, 5), 9)
  })

  test('does not come from a result that could not be checked', async () => {
    await complete([hub({ severity: 'LOW' }), passes()], at(2))
    await partial([hub({ severity: 'CRITICAL', status: 'NOT_AVAILABLE', resource: 'unclear' })], at(3))
    expect(await score()).toBeCloseTo(inBand(80, 1), 9)
  })

  test('is the reported severity of a passed result, or that of the control if it is informational', async () => {
    putControlTable(shippedControlTable)
    const half = { ...hub({ severity: 'INFORMATIONAL', resource: 'failing' }), Compliance: failed('S3.2') }
    await complete([hub({ severity: 'LOW', status: 'PASSED' }), half], at(2))
    expect(await score()).toBeCloseTo(inBand(80, 0.5), 9)
    await complete([hub({ severity: 'INFORMATIONAL', status: 'PASSED' }), half], at(3))
    // S3.2 is a critical control: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html
    expect(await score()).toBeCloseTo(inBand(40, 20), 9)
    putControlTable(unratedControlTable)
  })

  test('stays when an unlisted control passes as informational', async () => {
    const custom = (status: 'FAILED' | 'PASSED', severity: string) => hub({ control: 'Custom.1', status, severity })
    await complete([custom('FAILED', 'HIGH'), { ...passes(), Compliance: failed('S3.9') }], at(2))
    expect(await score()).toBeCloseTo(inBand(60, 20), 9)
    await complete([custom('PASSED', 'INFORMATIONAL'), { ...passes(), Compliance: failed('S3.9') }], at(3))
    expect(await score()).toBeCloseTo(inBand(80, 5), 9)
    await complete([custom('FAILED', 'LOW'), passes()], at(4))
    expect(await score()).toBeCloseTo(inBand(80, 1), 9)
  })
})

const failed = (control: string) => ({ Status: 'FAILED', SecurityControlId: control })

test('without results there is no score', async () => {
  await complete([hub({ status: 'NOT_AVAILABLE' })], at(2))
  expect(await score()).toBeNull()
})

test('a control counts by the share of its resources that fail, and passes once none does', async () => {
  const many = Array.from({ length: 9 }, (_, n) => hub({ severity: 'CRITICAL', status: 'PASSED', resource: `b${n}` }))
  await complete([...many, hub({ severity: 'CRITICAL' }), passes()], at(2))
  expect(await score()).toBeCloseTo(inBand(40, 4), 9)
  await complete([...many, hub({ severity: 'CRITICAL', status: 'PASSED' }), passes()], at(3))
  expect(await score()).toBe(100)
})

const statement = fc.record({
  feed: fc.constantFrom('hub', 'prowler'),
  control: fc.constantFrom('S3.1', 'S3.2', 'Custom.1'),
  resource: fc.constantFrom('a', 'b'),
  severity: fc.constantFrom('Critical', 'High', 'Medium', 'Low', 'Informational'),
  status: fc.constantFrom('FAILED' as const, 'FAILED' as const, 'PASSED' as const, 'NOT_AVAILABLE' as const),
})
const reports = fc.array(
  fc.record({ complete: fc.boolean(), statements: fc.array(statement, { minLength: 1, maxLength: 6 }) }),
  { minLength: 1, maxLength: 6 },
)

test('follows the present sightings, whatever reports come', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(reports, async sent => {
      account = newAccount()
      for (const [n, report] of sent.entries()) {
        const records = report.statements.map(({ feed, ...parts }) =>
          feed === 'hub'
            ? hub({ ...parts, severity: parts.severity.toUpperCase() })
            : prowler({ account, updatedAt: null, ...parts }),
        )
        await (report.complete ? complete : partial)(records, at(2 + n))
        await score()
      }
    }),
    { numRuns: 15 },
  )
})

const change = fc.record({
  where: fc.record({ column: fc.constantFrom('control', 'product', 'result'), n: fc.nat(2) }),
  set: fc.oneof(
    fc.record({ column: fc.constant('severity'), value: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      column: fc.constant('result'),
      value: fc.constantFrom('passed', 'failed', 'not_available', 'archived', 'suppressed'),
    }),
    fc.record({ column: fc.constant('present'), value: fc.boolean() }),
    fc.record({ column: fc.constant('control'), value: fc.constantFrom('c0', 'c1', 'c2') }),
    fc.record({ column: fc.constant('class'), value: fc.constantFrom('posture', 'threat') }),
    fc.constant({ column: 'delete' as const, value: null }),
  ),
})
const names = {
  control: ['c0', 'c1', 'c2'],
  product: ['p0', 'p1', 'p2'],
  result: ['passed', 'failed', 'not_available'],
}

test('follows every statement that writes several sightings', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(change, { minLength: 1, maxLength: 8 }), async (seed, changes) => {
      account = newAccount()
      await pool().query(`INSERT INTO account (id) VALUES ($1)`, [account])
      await pool().query(
        `INSERT INTO sighting (account_id, id, finding_id, class, source, product, control, native_id, result, severity, title, description,
           remediation_text, remediation_url, resource_type, content_hash, observed_at, import_id, raw_offset, raw_length)
         SELECT $1, gen_random_uuid(), gen_random_uuid(), 'posture', 'prowler', 'p' || n % 3, 'c' || (n / 3 + $2) % 3, n::text,
           (ARRAY['passed', 'failed', 'not_available'])[1 + (n * 7 + $2) % 3], 1 + (n * 5 + $2) % 5, '', '', '', '', '', 0, now(), 1, 0, 0
         FROM generate_series(1, 30) AS n`,
        [account, Math.abs(seed % 97)],
      )
      await score()
      for (const { where, set } of changes) {
        const condition = `account_id = $1 AND ${where.column} = '${names[where.column as keyof typeof names][where.n]}'`
        if (set.column === 'delete') await pool().query(`DELETE FROM sighting WHERE ${condition}`, [account])
        else await pool().query(`UPDATE sighting SET ${set.column} = $2 WHERE ${condition}`, [account, set.value])
        await score()
      }
    }),
    { numRuns: 25 },
  )
})
