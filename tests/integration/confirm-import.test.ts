import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import type { Role } from '../../lib/domain/people/role'
import { runImport } from '../../lib/ingest/run/run'
import { log } from '../../lib/log'
import { getFinding } from '../../lib/queries/findings/finding'
import { rawRecord } from '../../lib/queries/findings/raw'
import { getImport } from '../../lib/queries/imports/imports'
import { confirmImport } from '../../lib/store/imports/confirm'
import { dropPayloads } from '../../lib/store/imports/retention'
import { retryImport } from '../../lib/store/imports/retry'
import { accessOf, addMember } from '../support/people'
import { reset, sealAll, verify } from './support-chain'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  historyOf,
  importOf,
  job,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  receive,
} from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'
afterAll(closeDatabase)
let account = ''
beforeEach(() => {
  account = newAccount()
})

const pass = (parts: Partial<RecordParts> = {}) =>
  prowler({ account, control: 's3_public', resource: 'fine', status: 'PASSED', ...parts })
const bucket = (n: number, parts: Partial<RecordParts> = {}) =>
  prowler({ account, control: 's3_public', resource: `b${n}`, ...parts })
const buckets = (to: number) => [pass(), ...Array.from({ length: to }, (_, n) => bucket(n))]

/** Thirty failing buckets, and a complete report that lacks 25 of them. */
async function waiting() {
  await complete(buckets(30), at(2))
  const run = await complete(buckets(5), at(3))
  expect(run.heldBack).toMatchObject([{ reason: 'waiting', findings: 25 }])
  return run
}

const person = async (role: Role, accounts?: string[]) =>
  accessOf(await addMember(role, accounts ? { limited: true, accounts } : {}), role)

const confirming = async (id: number) => (await confirmImport(await person('lead'), id)).id

async function worked(id: number) {
  await runImport(job, id)
  return importOf(id)
}

/** Confirms as a lead, and works the confirmation off. */
const confirmed = async (id: number) => worked(await confirming(id))

async function openCount(): Promise<number> {
  return prisma().finding.count({ where: { accountId: account, status: 'new' } })
}

describe('a confirmation', () => {
  test('of a report that was tried again reads the bytes of the first import', async () => {
    await complete(buckets(30), at(2))
    const { id } = await receive(buckets(5), { observedAt: at(3), coverage: 'complete' })
    await pool().query(
      `UPDATE import SET state = 'failed', error = '{"code":"internal"}', finished_at = $2 WHERE id = $1`,
      [id, at(3, 1)],
    )
    const retried = await retryImport(job, id)
    expect((await worked(retried.id)).heldBack).toMatchObject([{ reason: 'waiting', findings: 25 }])
    expect(await confirmed(retried.id)).toMatchObject({ resolved: 25, heldBack: [] })
    expect(await openCount()).toBe(5)
  })

  test('resolves the waiting findings at the time of the report, and records who confirmed it', async () => {
    const run = await waiting()
    const made = await confirmed(run.id)
    expect(made).toMatchObject({
      state: 'done',
      resolved: 25,
      created: 0,
      updated: 0,
      heldBack: [],
      confirmsId: run.id,
    })
    expect(await openCount()).toBe(5)
    expect(await findingOf(bucket(20))).toMatchObject({
      status: 'resolved',
      resolvedReason: 'absent',
      resolvedAt: at(3),
    })
    expect(await historyOf(bucket(20))).toEqual([['resolved', 'new', 'absent']])
    const lead = await person('lead')
    expect(await getImport(lead, run.id)).toMatchObject({ confirmedBy: { id: made.id }, may: { confirm: false } })
    expect(await getImport(lead, made.id)).toMatchObject({ confirmsId: run.id, may: { confirm: false } })
    const audit = await prisma().auditEntry.findFirst({
      where: { action: 'import.confirm', target: `import:${run.id}` },
    })
    expect(audit).toMatchObject({ detail: { import: made.id, ownReport: false } })
    await expectTrueCounts()
  })

  test('does not make the resolutions of the next day wait', async () => {
    await confirmed((await waiting()).id)
    expect(await complete(buckets(4), at(3, 2))).toMatchObject({ resolved: 1, heldBack: [] })
  })

  test('leaves a history that verifies', async () => {
    await reset()
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    await complete(buckets(30), ago(50))
    const run = await complete(buckets(5), ago(40))
    setClock()
    await confirmed(run.id)
    await sealAll()
    expect(await verify()).toMatchObject({ broken: null, pending: 0 })
  })

  test('keeps the raw records of open findings readable', async () => {
    await confirmed((await waiting()).id)
    const finding = await findingOf(bucket(0))
    const id = toFindingId(account, finding?.id ?? '')
    const [sighting] = (await getFinding(job, id)).sightings
    expect(await rawRecord(job, id, sighting?.id ?? '')).toContain('b0')
  })

  test('is possible once, even if two people request it at the same time', async () => {
    const run = await waiting()
    const [one, two] = [await person('lead'), await person('lead')]
    const answers = await Promise.allSettled([1, 2, 3, 4].map(n => confirmImport(n % 2 ? one : two, run.id)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await prisma().import.count({ where: { confirmsId: run.id } })).toBe(1)
    await expect(confirmImport(one, run.id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is no import that could be confirmed itself', async () => {
    const made = await confirmed((await waiting()).id)
    await expect(confirmImport(await person('lead'), made.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('that fails can be repeated', async () => {
    const run = await waiting()
    const first = await confirmImport(await person('lead'), run.id)
    await pool().query(`UPDATE import SET state = 'failed' WHERE id = $1`, [first.id])
    expect(await confirmed(run.id)).toMatchObject({ resolved: 25 })
  })

  test('makes a narrow report the one that later ones are compared with', async () => {
    const wide = ['a', 'b', 'c', 'd'].map(name => pass({ control: `s3_${name}` }))
    const ec2 = prowler({ account, control: 'ec2_open' })
    await complete([...wide, bucket(1), ec2], at(2))
    const run = await complete([pass({ control: 's3_a' })], at(3))
    expect(run.heldBack).toMatchObject([{ reason: 'not_looked_at', findings: 2, checks: 2, services: 2 }])
    expect(await confirmed(run.id)).toMatchObject({ resolved: 1 })
    expect(await findingOf(bucket(1))).toMatchObject({ status: 'resolved' })
    await partial([bucket(2)], at(4))
    expect(await complete([pass({ control: 's3_a' })], at(5))).toMatchObject({ resolved: 1 })
  })
})

describe('a late confirmation of a report', () => {
  test('resolves nothing that a newer complete report contains', async () => {
    const made = await confirming((await waiting()).id)
    await complete(buckets(30), at(4))
    expect(await worked(made)).toMatchObject({ state: 'done', resolved: 0, created: 0 })
    expect(await openCount()).toBe(30)
    await expectTrueCounts()
  })

  test('resolves nothing that a newer partial report contains', async () => {
    const run = await waiting()
    await partial([bucket(20), bucket(21, { severity: 'High', updatedAt: at(4) })], at(4))
    expect(await confirmed(run.id)).toMatchObject({ resolved: 23 })
    expect(await findingOf(bucket(20))).toMatchObject({ status: 'new' })
    expect(await findingOf(bucket(21))).toMatchObject({ status: 'new' })
  })

  test('resolves nothing that a newer waiting report contains, nor its new findings', async () => {
    const made = await confirming((await waiting()).id)
    const newer = await complete([pass(), bucket(7), bucket(8), bucket(99)], at(4))
    expect(newer.heldBack).toMatchObject([{ reason: 'waiting' }])
    await worked(made)
    for (const n of [7, 8, 99]) expect(await findingOf(bucket(n))).toMatchObject({ status: 'new' })
    await expectTrueCounts()
  })

  test('reopens nothing that was fixed since', async () => {
    const run = await waiting()
    await partial([bucket(1, { status: 'PASSED', updatedAt: at(4) })], at(4))
    expect(await confirmed(run.id)).toMatchObject({ reopened: 0 })
    expect(await findingOf(bucket(1))).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  })

  test('keeps findings resolved that a newer report, confirmed first, resolved', async () => {
    const made = await confirming((await waiting()).id)
    const newer = await complete(buckets(2), at(4))
    expect(await confirmed(newer.id)).toMatchObject({ resolved: 28 })
    await worked(made)
    expect(await openCount()).toBe(2)
    await expectTrueCounts()
  })
})

describe('a confirmation is refused', () => {
  test('if a newer report decides about its resolutions', async () => {
    const run = await waiting()
    await complete(buckets(30), at(4))
    await expect(confirming(run.id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('if nothing waits', async () => {
    const run = await complete(buckets(2), at(2))
    await expect(confirmImport(await person('lead'), run.id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('if a source that reports only problems leaves everything open without a Region', async () => {
    await complete([asff({ account, product: 'GuardDuty' })], at(2))
    const run = await complete('[]', at(3), { source: 'security-hub', account })
    expect(run.heldBack).toMatchObject([{ reason: 'not_looked_at', findings: 1 }])
    expect((await getImport(await person('lead'), run.id)).may.confirm).toBe(false)
    await expect(confirming(run.id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('for a partial report, and for a truncated one', async () => {
    await complete(buckets(30), at(2))
    const lead = await person('lead')
    const part = await partial(buckets(2), at(3))
    await expect(confirmImport(lead, part.id)).rejects.toMatchObject({ code: 'conflict' })
    const cut = await complete(JSON.stringify(buckets(2)).slice(0, -20), at(4))
    expect(cut).toMatchObject({ state: 'failed', resolved: 0 })
    await expect(confirmImport(lead, cut.id)).rejects.toMatchObject({ code: 'conflict' })
    expect(await openCount()).toBe(30)
  })

  test.each([
    ['the report', 'start >= 0'],
    ['a piece of the report', 'start > 0'],
  ])('if %s is no longer stored', async (_, which) => {
    await complete(buckets(30), at(2))
    // Several pieces of payload.
    const long = { ...bucket(1), unmapped: 'x'.repeat(3_000_000) }
    const run = await complete([pass(), bucket(0), long, bucket(2)], at(3))
    const { rows } = await pool().query('SELECT start FROM import_chunk WHERE import_id = $1', [run.id])
    expect(rows.length).toBeGreaterThan(1)
    await pool().query(`DELETE FROM import_chunk WHERE import_id = $1 AND ${which}`, [run.id])
    expect((await getImport(await person('lead'), run.id)).may.confirm).toBe(false)
    await expect(confirmImport(await person('lead'), run.id)).rejects.toThrow('reportNotKept')
    expect(await openCount()).toBe(30)
  })

  test('but not for lack of its report, which is stored until the confirmation', async () => {
    const run = await waiting()
    const { id } = await confirmImport(await person('lead'), run.id)
    setClock(() => at(28))
    await dropPayloads(job, at(27))
    await runImport(job, id)
    expect(await importOf(id)).toMatchObject({ state: 'done', resolved: 25 })
  })
})

test('an empty report that a lead confirms resolves everything, and nothing of another account', async () => {
  const other = newAccount()
  await complete([...buckets(3), prowler({ account: other })], at(2))
  const run = await complete('[]', at(3), { source: 'prowler', account })
  expect(run.heldBack).toMatchObject([{ reason: 'waiting', findings: 3 }])
  expect(await confirmed(run.id)).toMatchObject({ resolved: 3, heldBack: [] })
  expect(await openCount()).toBe(0)
  expect(await findingOf(prowler({ account: other }))).toMatchObject({ status: 'new' })
  await expectTrueCounts()
})
