import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { scanNext } from '../../lib/jobs/imports/scan'
import { compiled, compiledArgs } from '../support/compiled'
import { asff, at, importOf, newAccount, receive } from './support-ingest'
import { nextImport } from './support-lanes'
import { holdingAccount, waiting } from './support-locks'

const loops: ImportLoop[] = []
const patient = { timeout: 60_000, interval: 20 }

afterEach(async () => {
  await Promise.all(loops.splice(0).map(loop => loop.stop()))
  await pool().query(`UPDATE import SET state = 'failed' WHERE state IN ('queued', 'running')`)
})
afterAll(closeDatabase)

/** Queues a report of accounts; `named`: its sender names the first of them. */
async function queue(accounts: string[], { named = true, records = 1 } = {}): Promise<number> {
  const report = Array.from({ length: records }, (_, n) =>
    accounts.map(account => asff({ account, control: `EC2.${n % 50}`, title: `Title ${n % 500}`, resource: `r${n}` })),
  ).flat()
  const { id } = await receive(report, { observedAt: at(2), account: named ? (accounts[0] ?? null) : null })
  return id
}

async function run(id: number): Promise<string> {
  return (await attemptImport(id)).result
}

async function stateOf(id: number): Promise<string> {
  return (await importOf(id)).state
}

test('imports of different accounts run at the same time', async () => {
  const [a, b] = [newAccount(), newAccount()]
  const first = await queue([a])
  const second = await queue([b])
  const release = await holdingAccount(a)
  const running = run(first)
  await waiting(1)
  expect(await run(second)).toBe('ended')
  expect([await stateOf(first), await stateOf(second)]).toEqual(['running', 'done'])
  await release()
  expect(await running).toBe('ended')
})

test('imports that share an account run in the order of their arrival, also through one between them', async () => {
  const [a, b] = [newAccount(), newAccount()]
  const first = await queue([a])
  const between = await queue([a, b], { named: false })
  const last = await queue([b])
  expect(await scanNext()).toBe(true)
  const release = await holdingAccount(a)
  const running = run(first)
  await waiting(1)
  expect(await Promise.all([run(between), run(last)])).toEqual(['nothing', 'nothing'])
  expect(await nextImport()).toBe(null)
  await release()
  await running
  expect(await run(last)).toBe('nothing')
  expect(await nextImport()).toBe(between)
  expect([await run(between), await run(last)]).toEqual(['ended', 'ended'])
})

test('a report with unknown accounts blocks every other until it is scanned', async () => {
  const first = await queue([newAccount()], { named: false })
  const second = await queue([newAccount()])
  expect(await run(second)).toBe('nothing')
  expect(await scanNext()).toBe(true)
  expect(await scanNext()).toBe(false)
  expect(await run(second)).toBe('ended')
  expect(await stateOf(first)).toBe('queued')
  expect(await run(first)).toBe('ended')
  expect(await prisma().importLane.count()).toBe(0)
})

test('a report with another account than the given one writes nothing of it before it locks that account too', async () => {
  const [named, other] = [newAccount(), newAccount()]
  const id = await queue([named, other])
  const later = await queue([other])
  expect(await run(id)).toBe('ended')
  expect(await importOf(id)).toMatchObject({ state: 'running', read: 0 })
  expect(await prisma().finding.count({ where: { accountId: { in: [named, other] } } })).toBe(0)
  expect(await prisma().importLane.findMany()).toEqual([{ importId: id, accounts: [named, other] }])
  expect(await run(later)).toBe('nothing')
  expect(await run(id)).toBe('ended')
  expect(await importOf(id)).toMatchObject({ state: 'done', read: 2, created: 2 })
  expect(await run(later)).toBe('ended')
})

test('a killed worker releases its import, which keeps its place before those that share an account', async () => {
  const [a, b] = [newAccount(), newAccount()]
  const first = await queue([a])
  const later = await queue([a])
  const beside = await queue([b])
  const release = await holdingAccount(a)
  const child = await compiled(fileURLToPath(new URL('./support-ingest-child.ts', import.meta.url)))
  const args = [...compiledArgs, child, String(first), at(4).toISOString()]
  const worker = spawn(process.execPath, args, { stdio: 'ignore' })
  // A process of its own takes its time to start.
  await expect
    .poll(
      () =>
        waiting(1).then(
          pids => pids.length,
          () => 0,
        ),
      patient,
    )
    .toBe(1)
  expect(await nextImport()).toBe(beside)
  const ended = once(worker, 'close')
  worker.kill('SIGKILL')
  await ended
  await release()
  await expect.poll(nextImport, patient).toBe(first)
  expect(await run(later)).toBe('nothing')
  expect([await run(first), await run(later)]).toEqual(['ended', 'ended'])
})

test('a worker runs a small report of another sender while a large one is blocked', async () => {
  const [a, b] = [newAccount(), newAccount()]
  const megabyte = 'x'.repeat(1_000_000)
  const large = Array.from({ length: 10 }, (_, n) => asff({ account: a, resource: `r${n}`, description: megabyte }))
  const { id: first } = await receive(large, { observedAt: at(2) })
  const release = await holdingAccount(a)
  const loop = new ImportLoop()
  loops.push(loop)
  loop.start()
  await waiting(1)
  const second = await queue([b], { named: false })
  const shared = await queue([a, b], { named: false })
  await expect.poll(() => stateOf(second), patient).toBe('done')
  expect([await stateOf(first), await stateOf(shared)]).toEqual(['running', 'queued'])
  await release()
  await expect.poll(() => stateOf(shared), patient).toBe('done')
  expect(await stateOf(first)).toBe('done')
})

test('two workers on different accounts never wait for a lock of each other', async () => {
  const ids = await Promise.all(
    Array.from({ length: 6 }, (_, n) => queue([newAccount()], { records: n < 2 ? 6000 : 20 })),
  )
  // Extending a table by a page is the database's own business.
  const waits = `SELECT DISTINCT l.locktype FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database() AND l.locktype <> 'extend'`
  for (let n = 0; n < 2; n++) loops.push(new ImportLoop())
  for (const loop of loops) loop.start()
  const seen = new Set<string>()
  let together = 0
  for (let left = ids.length; left > 0; ) {
    for (const { locktype } of (await pool().query<{ locktype: string }>(waits)).rows) seen.add(locktype)
    const running = await prisma().import.findMany({ where: { id: { in: ids }, state: { in: ['queued', 'running'] } } })
    left = running.length
    if (running.filter(({ checkpoint, state }) => state === 'running' && checkpoint < 6000).length > 1) together++
  }
  expect([...seen]).toEqual([])
  expect(together).toBeGreaterThan(0)
  expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => 'done'))
})
