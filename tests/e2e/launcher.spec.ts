import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { fromRoot } from '../../scripts/launch/paths.mjs'
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
  return { output: () => output, exited, stop: () => launcher.kill('SIGTERM') }
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

test('no process that serves has the password of the first administrator', async () => {
  const ofProduct = readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      } catch {
        return []
      }
    })
    .filter(env => env.includes(`HINOMI_DATA_DIR=${process.env.E2E_DATA_DIR}`))
    // The launcher was given it; those that it started were not.
    .filter(env => env.some(entry => entry.startsWith('HINOMI_LAUNCHER_PID=')))
  expect(ofProduct.length).toBeGreaterThanOrEqual(2)
  expect(JSON.stringify(ofProduct)).not.toContain(process.env.E2E_PASSWORD)
})
