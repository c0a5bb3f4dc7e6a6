import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { runImport } from '../../lib/ingest/run/run'
import { asff, at, complete, importOf, job, newAccount, receive } from './support-ingest'

afterAll(closeDatabase)

/** Two records about one finding, further apart than a batch is long, among records that stay as they are. */
function report(account: string, second: boolean): Record<string, unknown>[] {
  const records = Array.from({ length: 2 * BATCH + 2000 }, (_, n) => asff({ account, resource: `r${n}` }))
  const one = { account, resource: 'shared', id: `${account}/one`, severity: second ? 'LOW' : 'HIGH' }
  const two = { account, resource: 'shared', id: `${account}/two`, severity: 'MEDIUM' }
  const updatedAt = at(second ? 3 : 1)
  records[BATCH + 1200] = asff({ ...one, title: second ? 'One, changed' : 'One', updatedAt })
  records[2 * BATCH + 1500] = asff({ ...two, title: second ? 'Two, changed' : 'Two', updatedAt })
  return records
}

async function historyOf(account: string): Promise<unknown[]> {
  const { rows } = await pool().query(
    `SELECT kind, before, after FROM finding_event WHERE account_id = $1 AND actor_kind = 'import' ORDER BY id`,
    [account],
  )
  return rows
}

/** Runs an import whose second batch is not committed, and then the rest of it. */
async function runInterrupted(id: number): Promise<void> {
  await pool().query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.checkpoint > 0 AND NEW.checkpoint > OLD.checkpoint THEN RAISE 'killed here'; END IF; RETURN NEW; END $$`)
  await pool().query('CREATE TRIGGER die BEFORE UPDATE ON import FOR EACH ROW EXECUTE FUNCTION die()')
  await expect(runImport(job, id)).rejects.toThrow('killed here')
  await pool().query('DROP FUNCTION die CASCADE')
  expect((await importOf(id)).checkpoint).toBeGreaterThanOrEqual(BATCH)
  await runImport(job, id)
}

test('a resumed run, which recalls fewer records, writes the same history', { timeout: 120_000 }, async () => {
  const [undisturbed, interrupted] = [newAccount(), newAccount()]
  for (const account of [undisturbed, interrupted]) await complete(report(account, false), at(2))
  await complete(report(undisturbed, true), at(4))
  const { id } = await receive(report(interrupted, true), { coverage: 'complete', observedAt: at(4) })
  await runInterrupted(id)
  const wanted = await historyOf(undisturbed)
  expect(wanted.length).toBeGreaterThan(0)
  expect(await historyOf(interrupted)).toEqual(wanted)
})
