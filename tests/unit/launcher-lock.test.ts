import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { withLock } from '../../scripts/launch/lock.mjs'
import { freePort, isFree } from '../../scripts/launch/ports.mjs'
import { startedAt } from '../../scripts/launch/process.mjs'
import { openSecrets } from '../../scripts/launch/secrets.mjs'

const folder = mkdtempSync(join(tmpdir(), 'hinomi-launcher-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('only one process at a time holds a lock', async () => {
  const lock = join(folder, 'exclusive')
  let inside = 0
  let most = 0
  const visit = () =>
    withLock(lock, async () => {
      most = Math.max(most, ++inside)
      await sleep(5)
      inside--
    })
  await Promise.all([visit(), visit(), visit()])
  expect(most).toBe(1)
  expect(existsSync(lock)).toBe(false)
})

test('a lock is released when the work fails', async () => {
  const lock = join(folder, 'failing')
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(lock)).toBe(false)
})

test('the lock of a killed process is taken over', async () => {
  const lock = join(folder, 'stale')
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pid = other.pid ?? 0
  mkdirSync(lock)
  writeFileSync(join(lock, 'owner'), JSON.stringify({ pid, started: startedAt(pid) }))
  const ended = new Promise(done => other.once('exit', done))
  let waited = false
  const visit = withLock(lock, async () => 'in', {
    onWait: () => {
      waited = true
      other.kill('SIGKILL')
    },
  })
  await ended
  expect(await visit).toBe('in')
  expect(waited).toBe(true)
})

test('a process number that another program has now does not keep a lock', async () => {
  const lock = join(folder, 'reused')
  mkdirSync(lock)
  writeFileSync(join(lock, 'owner'), JSON.stringify({ pid: process.pid, started: 'at another time' }))
  expect(await withLock(lock, async () => 'in')).toBe('in')
})

test('a port in use is distinguished from a free one', async () => {
  const port = await freePort()
  expect(await isFree(port, '127.0.0.1')).toBe(true)
  const server = createServer()
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  expect(await isFree(port, '127.0.0.1')).toBe(false)
  await new Promise(done => server.close(done))
})

test('secrets are created only once', () => {
  const first = openSecrets(folder)
  expect(first.secret.length).toBeGreaterThan(30)
  expect(openSecrets(folder)).toEqual(first)
})
