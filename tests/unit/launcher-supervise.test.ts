import { afterAll, test as base, expect } from 'vitest'
import { Backoff, DEATHS_IN_A_ROW } from '../../scripts/launch/backoff.mjs'
import { startChild } from '../../scripts/launch/child.mjs'
import { watchHealth } from '../../scripts/launch/health.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'
import { keepRunning } from '../../scripts/launch/supervise.mjs'

// At the same time: they wait for processes.
const test = base.concurrent
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(stops.map(stop => stop()))
})

const startCode = (code: string) => startChild('part', ['-e', code], process.env)
const notWaiting = async () => false
const atOnce = AbortSignal.abort()

/** Keeps a part whose process does something else each time; the last entry stays. */
function keep(codes: string[], isWaiting = notWaiting) {
  let starts = 0
  let setRuns = () => {}
  const runs = new Promise<void>(done => {
    setRuns = done
  })
  const kept = keepRunning(
    'part',
    async () => {
      const code = codes[Math.min(starts, codes.length - 1)] ?? ''
      starts++
      const child = startCode(code)
      child.ready.then(() => code === RUNS && setRuns())
      return child
    },
    isWaiting,
    new Backoff(1),
  )
  stops.push(() => kept.stop(atOnce))
  return { ...kept, starts: () => starts, runs }
}

const FAILS = 'process.exit(3)'
const RUNS = 'process.send("ready"); setInterval(() => {}, 1000)'
const DIES_READY = 'process.send("ready", () => process.kill(process.pid, "SIGKILL"))'
const times = (count: number, code: string) => Array.from({ length: count }, () => code)

test('a part that dies is started again', async () => {
  const kept = keep([FAILS, DIES_READY, FAILS, RUNS])
  await kept.runs
  expect(kept.starts()).toBe(4)
})

test('a part that never gets ready ends the launcher with a sentence', async () => {
  const kept = keep([FAILS])
  await expect(kept.failed).rejects.toThrow(
    `The part exited ${DEATHS_IN_A_ROW} times in a row before it was ready (exit code 3).`,
  )
  expect(kept.starts()).toBe(DEATHS_IN_A_ROW)
})

test('a part that waits for something outside never does', async () => {
  const kept = keep([...times(DEATHS_IN_A_ROW + 2, FAILS), RUNS], async () => true)
  await Promise.race([kept.runs, kept.failed])
  expect(kept.starts()).toBe(DEATHS_IN_A_ROW + 3)
})

test('nor does a part that was killed after it was ready', async () => {
  const kept = keep([...times(DEATHS_IN_A_ROW + 2, DIES_READY), RUNS])
  await Promise.race([kept.runs, kept.failed])
  expect(kept.starts()).toBe(DEATHS_IN_A_ROW + 3)
})

test('a part is restarted on request', async () => {
  const kept = keep([RUNS, RUNS])
  await kept.runs
  kept.restart()
  await expect.poll(kept.starts).toBe(2)
})

test('a stopped part is not restarted', async () => {
  const kept = keep([RUNS])
  await kept.runs
  await kept.stop(atOnce)
  await expect(kept.failed).rejects.toThrow()
  expect(kept.starts()).toBe(1)
})

test.each([
  ['suspended', "process.kill(process.pid, 'SIGSTOP')"],
  ['busy for ever', 'for (;;);'],
])('a part that is %s is ended', async (_what, code) => {
  const child = startChild('part', ['-e', code], process.env, { hangsAfterMs: 2000 })
  stops.push(() => child.stop(atOnce))
  expect(await child.exited).toBe('SIGKILL')
})

test('one that answers is not', async () => {
  // Asked every 1.5 seconds, it lives for longer than it may be silent.
  const code =
    'let asked = 0; process.on("message", () => ++asked === 6 && process.exit(7)); setInterval(() => {}, 1000)'
  const child = startChild('part', ['-e', code], process.env, { hangsAfterMs: 6000 })
  expect(await child.exited).toBe('exit code 7')
})

/** A web server that runs a piece of code for each answer. */
async function serve(answer: string) {
  const port = await freePort()
  // Without the handler either signal of its end may come first.
  const code = `process.on('SIGTERM', () => {}); let count = 0; require('node:http').createServer((_, res) => { count++; ${answer} }).listen(${port}, '127.0.0.1')`
  const child = startCode(code)
  stops.push(() => child.stop(atOnce))
  let healthy = 0
  const options = { onHealthy: () => healthy++, endsHanging: true, hangsAfterMs: 3000 }
  const answered = watchHealth(`http://127.0.0.1:${port}/`, child, options)
  return { answered, exited: child.exited, healthy: () => healthy }
}

test('a web server that stops answering is ended', async () => {
  const web = await serve("if (count === 1) res.end('ok')")
  await web.answered
  expect(await web.exited).toBe('SIGKILL')
  expect(web.healthy()).toBe(1)
})

test('a web server without a database is not ended', async () => {
  const web = await serve('res.writeHead(503); res.end(); if (count === 4) process.exit(7)')
  await web.answered
  expect(await web.exited).toBe('exit code 7')
  expect(web.healthy()).toBe(0)
})
