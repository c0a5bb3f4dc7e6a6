import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { log } from '../../lib/log'
import { findDifferences } from '../../lib/queries/check/check'
import { getImport } from '../../lib/queries/imports/imports'
import { dropPayloads } from '../../lib/store/imports/retention'
import { retryImport } from '../../lib/store/imports/retry'
import { asff, at, importOf, job, newAccount, receive } from './support-ingest'
import { nextImport } from './support-lanes'

log.level = 'silent'
afterAll(closeDatabase)

let account = ''
beforeEach(async () => {
  account = newAccount()
  await pool().query(`UPDATE import SET state = 'failed' WHERE state IN ('queued', 'running')`)
})

/** From now on, and until it is called, each run of an import ends with an error of its own. */
async function broken(): Promise<() => Promise<void>> {
  await pool().query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken here'; END $$`)
  await pool().query('CREATE TRIGGER die BEFORE INSERT ON snapshot EXECUTE FUNCTION die()')
  return async () => {
    await pool().query('DROP FUNCTION die CASCADE')
  }
}

/** A report that fails each time, after as many attempts. */
async function failing(attempts: number): Promise<number> {
  const { id } = await receive([asff({ account })], { observedAt: at(3) })
  const repair = await broken()
  // The first commits the record, which is progress, and fails behind it.
  for (let failures = 1; failures <= attempts; failures++)
    expect(await attemptImport(id)).toEqual({ result: 'error', failures })
  await repair()
  return id
}

test('a failing import lets others run first from the fourth attempt on, and ends after the eighth', async () => {
  const id = await failing(3)
  const { id: other } = await receive([asff({ account: newAccount() })], { observedAt: at(3) })
  expect(await nextImport()).toBe(id)
  const repair = await broken()
  await attemptImport(id)
  expect(await nextImport()).toBe(other)
  expect((await getImport(job, id)).waits).toMatchObject({
    code: 'error',
    retryAt: new Date(at(3, 1).getTime() + 10_000),
  })
  for (let failures = 5; failures <= 8; failures++)
    expect(await attemptImport(id)).toEqual({ result: 'error', failures })
  await repair()
  expect(await importOf(id)).toMatchObject({ state: 'failed', error: { code: 'internal' }, waitsFor: null })
  expect((await attemptImport(id)).result).toBe('nothing')
})

test('a report that repeatedly exhausts the memory of the database, or crashes it, lets others run first and never fails permanently', async () => {
  const { id } = await receive([asff({ account })], { observedAt: at(3) })
  const { id: other } = await receive([asff({ account: newAccount() })], { observedAt: at(3) })
  // As many starts as a report has in turn, but one.
  await pool().query('UPDATE import SET attempts = 9 WHERE id = $1', [id])
  await pool().query(`CREATE FUNCTION overflow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.account_id = '${account}' THEN RAISE 'out of memory' USING ERRCODE = '53200'; END IF; RETURN NEW; END $$`)
  await pool().query('CREATE TRIGGER overflow BEFORE INSERT ON finding FOR EACH ROW EXECUTE FUNCTION overflow()')
  const loop = new ImportLoop({ idleMs: 100 })
  loop.start()
  try {
    await expect.poll(async () => (await importOf(other)).state, { timeout: 20_000, interval: 100 }).toBe('done')
    expect(await importOf(id)).toMatchObject({ state: 'running', waitsFor: 'error', failures: null })
  } finally {
    await loop.stop()
    await pool().query('DROP FUNCTION overflow CASCADE')
  }
})

test('a failed report is kept, and imported again without being sent again', async () => {
  const id = await failing(8)
  setClock(() => at(20))
  await dropPayloads(job, at(2), at(19))
  expect((await getImport(job, id)).may.retry).toBe(true)

  const retried = await retryImport(job, id)
  await expect(retryImport(job, id)).rejects.toMatchObject({ code: 'conflict', reason: 'nothingToRetry' })
  expect((await attemptImport(retried.id)).result).toBe('ended')
  expect(await importOf(retried.id)).toMatchObject({ state: 'done', retriesId: id, observedAt: at(3), read: 1 })
  const run = await getImport(job, id)
  expect(run).toMatchObject({ state: 'failed', retriedBy: { id: retried.id }, may: { retry: false } })
  expect(await prisma().finding.count({ where: { accountId: account } })).toBe(1)
  const [entry] = await prisma().auditEntry.findMany({ where: { action: 'import.retry' } })
  expect(entry).toMatchObject({ target: `import:${id}`, detail: { import: retried.id } })
})

test('a report that is unreadable, or no longer stored, is not retried', async () => {
  const { id } = await receive('no report', { observedAt: at(3) })
  expect((await attemptImport(id)).result).toBe('ended')
  await expect(retryImport(job, id)).rejects.toMatchObject({ reason: 'nothingToRetry' })
  const failed = await failing(8)
  await prisma().importChunk.deleteMany({ where: { importId: failed } })
  await expect(retryImport(job, failed)).rejects.toMatchObject({ reason: 'retryNotKept' })
  await expect(retryImport(job, 2 ** 30)).rejects.toMatchObject({ code: 'not_found' })
})

test('a report is retried with the bytes of the first import, which are kept as long', async () => {
  const id = await failing(8)
  const second = await retryImport(job, id)
  expect(await prisma().importChunk.count({ where: { importId: second.id } })).toBe(0)
  setClock(() => at(200))
  while ((await dropPayloads(job, at(199))) > 0);
  expect(await prisma().importChunk.count({ where: { importId: id } })).toBe(1)

  const repair = await broken()
  for (let failures = 1; failures <= 8; failures++) await attemptImport(second.id)
  await repair()
  expect((await getImport(job, second.id)).may.retry).toBe(true)
  const third = await retryImport(job, second.id)
  expect((await attemptImport(third.id)).result).toBe('ended')
  expect(await importOf(third.id)).toMatchObject({ state: 'done', retriesId: id, read: 1 })
  expect((await getImport(job, id)).retriedBy).toMatchObject({ id: second.id })
  const { differences } = await findDifferences(job)
  const own = [id, second.id, third.id].map(String)
  expect(differences.filter(({ check, of }) => check.startsWith('payload') && own.includes(of))).toEqual([])

  while ((await dropPayloads(job, at(201))) > 0);
  expect((await getImport(job, third.id)).may.retry).toBe(false)
})
