import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { asff, at, complete, expectTrueCounts, newAccount, type RecordParts } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })

/** More passed checks than one transaction takes. */
const between = () => Array.from({ length: BATCH + 100 }, (_, n) => one({ control: `EC2.${n}`, status: 'PASSED' }))

const findings = () => prisma().finding.findMany({ where: { accountId: account } })

test.each([
  ['one after the other', () => []],
  ['far apart', between],
])('the first report of an account with a duplicate problem, %s, creates one finding', async (_where, filler) => {
  const second = one({ control: 's3_bucket_object_versioning', title: 'Versioning is off' })
  const run = await complete([one({ control: 'S3.14' }), ...filler(), second], at(1))
  expect(run).toMatchObject({ state: 'done', created: 1 })
  expect(await findings()).toMatchObject([{ control: 'S3.14', status: 'new' }])
  const sightings = await prisma().sighting.count({ where: { accountId: account, control: 'S3.14' } })
  expect(sightings).toBe(2)
  await expectTrueCounts()
})

const fails = () => one({ control: 'S3.14' })
const passes = () => one({ control: 's3_bucket_object_versioning', status: 'PASSED' })

test.each([
  ['fails first and passes', () => [fails(), ...between(), passes()]],
  ['passes first and fails', () => [passes(), ...between(), fails()]],
])('the first report of an account in which a problem %s far behind gives one finding', async (_what, report) => {
  expect(await complete(report(), at(1))).toMatchObject({ state: 'done', created: 1, rejected: 0 })
  expect(await findings()).toMatchObject([{ control: 'S3.14', status: 'new' }])
  await expectTrueCounts()
})

test('an account that has only findings does not count as new', async () => {
  await complete([one()], at(1))
  const [before] = await findings()
  await pool().query('DELETE FROM sighting WHERE account_id = $1', [account])
  expect(await complete([one({ title: 'Again' })], at(2))).toMatchObject({ state: 'done', created: 0 })
  expect(await findings()).toMatchObject([{ id: before?.id, firstSeenAt: at(1), status: 'new' }])
  await expectTrueCounts()
})

test('an account that has only passed checks does not count as new', async () => {
  await complete([one({ status: 'PASSED' })], at(1))
  expect(await complete([one()], at(2))).toMatchObject({ state: 'done', created: 1 })
  expect(await findings()).toHaveLength(1)
  await expectTrueCounts()
})
