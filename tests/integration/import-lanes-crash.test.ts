import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { runImport } from '../../lib/ingest/run/run'
import { compiled, compiledArgs } from '../support/compiled'
import { expectConsistent } from './support-check'
import { allowClosings, asff, at, expectTrueCounts, importOf, job, newAccount, receive } from './support-ingest'

const RECORDS = BATCH + 1000
const KILLS = 3
const child = await compiled(fileURLToPath(new URL('./support-ingest-child.ts', import.meta.url)))

afterAll(closeDatabase)

/** Complete reports of one account; of ten findings the second lacks two and changes one. */
function report(account: string, second: boolean): string {
  const records: unknown[] = []
  for (let n = 0; n < RECORDS; n++) {
    if (second && n % 10 < 2) continue
    const changed = second && n % 10 === 5 ? { severity: 'HIGH', updatedAt: at(3) } : {}
    records.push(asff({ account, title: `Title ${n % 40}`, resource: `r${n}`, ...changed }))
  }
  return JSON.stringify(records)
}

function worker(id: number) {
  const args = [...compiledArgs, child, String(id), at(4, 1).toISOString()]
  return spawn(process.execPath, args, { stdio: 'ignore' })
}

async function progressOf(id: number): Promise<string> {
  const { checkpoint, resolved, state } = await importOf(id)
  return `${checkpoint}/${resolved}/${state}`
}

/** Runs an import by workers that are killed once it has moved on, and then by one that is left alone. */
async function runKilled(id: number): Promise<void> {
  for (let kills = 0; (await importOf(id)).state !== 'done'; kills++) {
    const before = (await progressOf(id)).replace('queued', 'running')
    const child = worker(id)
    const ended = once(child, 'close')
    while (child.exitCode === null && kills < KILLS && (await progressOf(id)).replace('queued', 'running') === before)
      await sleep(5)
    if (kills < KILLS) child.kill('SIGKILL')
    await ended
  }
}

test('two parallel workers that are killed repeatedly neither duplicate nor lose records', async () => {
  await allowClosings()
  const ids: number[] = []
  for (let n = 0; n < 2; n++) {
    const account = newAccount()
    const first = await receive(report(account, false), { coverage: 'complete', observedAt: at(2) })
    await runImport(job, first.id)
    ids.push((await receive(report(account, true), { account, coverage: 'complete', observedAt: at(4) })).id)
  }
  await Promise.all(ids.map(runKilled))
  for (const id of ids) {
    expect(await importOf(id)).toMatchObject({
      state: 'done',
      read: RECORDS * 0.8,
      rejected: 0,
      created: 0,
      updated: RECORDS * 0.1,
      unchanged: RECORDS * 0.7,
      resolved: RECORDS * 0.2,
      heldBack: [],
    })
  }
  const { rows } = await pool().query(`SELECT status, count(*)::int AS n FROM finding GROUP BY 1 ORDER BY 1`)
  expect(rows).toEqual([
    { status: 'new', n: RECORDS * 2 * 0.8 },
    { status: 'resolved', n: RECORDS * 2 * 0.2 },
  ])
  expect(await prisma().importLane.count()).toBe(0)
  await expectTrueCounts()
  await expectConsistent()
}, 400_000)
