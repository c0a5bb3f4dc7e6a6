import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { setStatus } from '../../lib/store/findings/triage'
import type { Emulator } from '../support/aws/emulator'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { compiled, compiledArgs } from '../support/compiled'
import { accessFor } from '../support/organisation'
import { expectConsistent } from './support-check'
import { account, connectHub, handlingOf, readHub, rows, switchTo, writeUntil } from './support-write-back'

const PATIENT = { timeout: 60_000, interval: 20 }
const child = await compiled(fileURLToPath(new URL('./support-write-back-child.ts', import.meta.url)))
const update = { service: 'securityhub', operation: 'BatchUpdateFindings' }
const lead = accessFor('lead')
type Status = Parameters<typeof setStatus>[1]['status']
/** Two calls: one takes up to a hundred. */
const CONTROLS = Array.from({ length: 120 }, (_, n) => `S3.${n + 100}`)

stopAtEnd()
afterAll(closeDatabase)
beforeAll(async () => {
  await pool().query(`CREATE FUNCTION second_call() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT count(*) >= 100 FROM written_record w WHERE w.note = NEW.note) THEN PERFORM pg_advisory_xact_lock_shared(42); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER second_call BEFORE INSERT ON written_record FOR EACH ROW EXECUTE FUNCTION second_call()`)
})
/** Where a worker waits until it is killed, and how many calls AWS has answered by then and in the end. */
interface Place {
  status: Status
  note: string
  statement: string
  answered: number
  calls: number
}

/** Each is a statement that its worker waits for. */
const places: Record<string, Place> = {
  'before it sends': {
    status: 'acknowledged',
    note: 'Acknowledged',
    statement: 'LOCK TABLE written_record IN ACCESS EXCLUSIVE MODE',
    answered: 0,
    calls: 2,
  },
  'before it stores the first answer': {
    status: 'in_progress',
    note: 'In progress',
    statement: 'LOCK TABLE written_record IN SHARE MODE',
    answered: 1,
    calls: 3,
  },
  'before it stores the second answer': {
    status: 'acknowledged',
    note: 'Acknowledged',
    statement: 'SELECT pg_advisory_xact_lock(42)',
    answered: 2,
    calls: 3,
  },
  'before it takes findings from the queue': {
    status: 'in_progress',
    note: 'In progress',
    statement: 'LOCK TABLE write_back_queue IN SHARE MODE',
    answered: 2,
    calls: 2,
  },
}

async function setAll(status: Status): Promise<void> {
  const found = await prisma().finding.findMany({ where: { accountId: account, sources: { has: 'security-hub' } } })
  const ids = found.map(({ id }) => `${account}-${id.replaceAll('-', '')}`)
  await setStatus(lead, { selection: { ids }, status, confirmed: ids.length })
}

/** Processes that wait for a lock in this database. */
const WAITING = `SELECT DISTINCT pid FROM pg_locks WHERE NOT granted
  AND (database IS NULL OR database = (SELECT oid FROM pg_database WHERE datname = current_database()))`

async function isBlocked(): Promise<boolean> {
  return (await pool().query(WAITING)).rows.length > 0
}

/** Kills a worker that writes back while it waits at a place. */
async function killAt(emulator: Emulator, { statement, answered }: Place): Promise<void> {
  const before = emulator.calls.total(update)
  const client = await pool().connect()
  try {
    await client.query('BEGIN')
    await client.query(statement)
    const worker = fork(child, { execArgv: compiledArgs, stdio: 'ignore' })
    await expect.poll(isBlocked, PATIENT).toBe(true)
    expect(emulator.calls.total(update) - before).toBe(answered)
    const closed = once(worker, 'close')
    worker.kill('SIGKILL')
    await closed
    // Its statement would end by itself once the lock is gone.
    await pool().query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) AS w`)
    await expect.poll(isBlocked, PATIENT).toBe(false)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

describe('a worker that is killed while it writes back', { timeout: 2 * START_MS }, () => {
  let connection = ''

  test('has nothing to write at first', async ({ emulator }) => {
    connection = await connectHub(emulator, CONTROLS)
    await switchTo(connection, true)
    await writeUntil()
    expect(emulator.calls.total(update)).toBe(0)
  })

  test.for(Object.entries(places))(
    '%s sends nothing that AWS does not have already, and loses nothing',
    async ([, place], { running: emulator }) => {
      const { status, note } = place
      await setAll(status)
      const before = emulator.calls.total(update)
      await killAt(emulator, place)
      expect(await prisma().writeBackQueue.count()).toBe(CONTROLS.length)
      // Others wait a while before they take a worker for dead.
      await pool().query(`UPDATE write_back SET alive_at = clock_timestamp() - interval '1 hour'`)
      await writeUntil()
      expect(emulator.calls.total(update) - before).toBe(place.calls)
      const handled = CONTROLS.map(control => handlingOf(emulator, control))
      expect(handled).toEqual(CONTROLS.map(() => ['NOTIFIED', `${note} [Hinomi NOTIFIED]`]))
      const written = { workflow: 'NOTIFIED', note: `${note} [Hinomi NOTIFIED]`, failedAt: null }
      expect(await prisma().writtenRecord.count({ where: written })).toBe(CONTROLS.length)
      const last = await rows()
      await readHub(connection)
      expect(await rows()).toEqual(last)
      await expectConsistent()
    },
  )
})
