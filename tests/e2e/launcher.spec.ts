import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { placeDatabase } from '../../scripts/launch/placement.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'

const started: ChildProcess[] = []

// A failed test leaves its launcher behind.
test.afterEach(() => {
  for (const launcher of started.splice(0)) launcher.kill('SIGTERM')
})

/** A second `npm start` over the data folder of the running product. */
function startAgain(port: string) {
  const env = { ...process.env, HINOMI_DATA_DIR: process.env.E2E_DATA_DIR, PORT: port }
  const launcher = spawn(process.execPath, [fromRoot('scripts/start.mjs')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(launcher)
  let output = ''
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.on('data', chunk => {
      output += chunk
    })
  }
  const exited = once(launcher, 'exit')
  return { output: () => output, exited, stop: (signal: NodeJS.Signals = 'SIGTERM') => launcher.kill(signal) }
}

test('a port in use is said in words', async ({ baseURL }) => {
  const port = new URL(baseURL ?? '').port
  const second = startAgain(port)
  expect((await second.exited)[0]).toBe(1)
  expect(second.output()).toContain(`Error: Port ${port} is in use.`)
  expect(second.output()).not.toContain('    at ')
})

test('a second start joins the product and leaves it running', async ({ request }) => {
  const port = await freePort()
  const second = startAgain(String(port))
  await expect.poll(second.output, { timeout: 30_000 }).toContain(`Hinomi is ready at http://localhost:${port}`)
  expect((await request.get(`http://127.0.0.1:${port}/api/health`)).status()).toBe(200)
  // There is an administrator already: no link to become one.
  expect(second.output()).not.toContain('/setup')
  second.stop()
  expect((await second.exited)[0]).toBe(0)
  expect((await request.get('/api/health')).status()).toBe(200)
})

test('a killed launcher leaves nothing that keeps the next one from its port', async ({ request }) => {
  const port = await freePort()
  const killed = startAgain(String(port))
  await expect.poll(killed.output, { timeout: 60_000 }).toContain('is ready at')
  killed.stop('SIGKILL')
  await killed.exited
  const next = startAgain(String(port))
  await expect.poll(next.output, { timeout: 60_000 }).toContain(`Hinomi is ready at http://localhost:${port}`)
  expect((await request.get(`http://127.0.0.1:${port}/api/health`)).status()).toBe(200)
  next.stop()
  expect((await next.exited)[0]).toBe(0)
})

/** The processes that the launchers of the product's data folder started: environment and command line. */
function processesOfProduct() {
  return (
    readdirSync('/proc')
      .filter(pid => /^\d+$/.test(pid))
      .flatMap(pid => {
        try {
          const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
          return [{ pid: Number(pid), env, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }]
        } catch {
          return []
        }
      })
      .filter(({ env }) => env.includes(`HINOMI_DATA_DIR=${process.env.E2E_DATA_DIR}`))
      // The launcher was given it; those that it started were not.
      .filter(({ env }) => env.some(entry => entry.startsWith('HINOMI_LAUNCHER_PID=')))
  )
}

const pidOf = (command: RegExp) => processesOfProduct().find(found => command.test(found.command))?.pid ?? null
const parts = {
  'the web server': async () => pidOf(/^next-server|next\0start/),
  'the worker': async () => pidOf(/worker\.cjs/),
  'the database': async () => {
    const { home } = await placeDatabase(process.env.E2E_DATA_DIR ?? '')
    try {
      return Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
    } catch {
      return null
    }
  },
}

for (const [name, find] of Object.entries(parts)) {
  test(`${name} is started again after kill -9`, async ({ request }) => {
    const killed = await find()
    expect(killed).not.toBeNull()
    process.kill(killed ?? 0, 'SIGKILL')
    await expect
      .poll(async () => ![null, killed].includes(await find()), { timeout: 40_000, message: 'another process' })
      .toBe(true)
    const status = () =>
      request.get('/api/health').then(
        response => response.status(),
        () => 0,
      )
    await expect.poll(status, { timeout: 40_000 }).toBe(200)
  })
}

test('no process that serves has the password of the first administrator', async () => {
  const ofProduct = processesOfProduct().map(({ env }) => env)
  expect(ofProduct.length).toBeGreaterThanOrEqual(2)
  expect(JSON.stringify(ofProduct)).not.toContain(process.env.E2E_PASSWORD)
})
