import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { fromRoot, root } from './paths.mjs'
import { watchPulse } from './pulse.mjs'

const leash = pathToFileURL(fromRoot('scripts/launch/leash.mjs')).href
const GRACE_MS = 15_000

/**
 * A part of the product that runs as a child process. Its output lines are prefixed with its name.
 * ready: resolves at process.send('ready'); exited: resolves with the reason of its end, as a text for people;
 * stop: asks it to end, and kills it after a while, or immediately on `force`.
 * @typedef {{ ready: Promise<void>, exited: Promise<string>, stop: (force: AbortSignal) => Promise<void> }} Child
 */

/**
 * @param {string} name
 * @param {string[]} args of node
 * @param {NodeJS.ProcessEnv} env
 * @param {{ hangsAfterMs?: number }} [options] hangsAfterMs: it is killed if it does not answer for this long
 * @returns {Child}
 */
export function startChild(name, args, env, { hangsAfterMs } = {}) {
  const child = spawn(process.execPath, ['--import', leash, ...args], {
    cwd: root,
    env: { ...env, HINOMI_LAUNCHER_PID: String(process.pid) },
    // Its own process group: Ctrl-C reaches only the launcher, which stops everything in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on('line', line => process.stdout.write(`${name.padEnd(6)} │ ${line}\n`))
  }
  let hasEnded = false
  /** @type {Promise<string>} */
  const exited = new Promise(done => {
    child.once('error', error => done(error.message))
    child.once('exit', (code, signal) => {
      // The processes that it started end with it.
      kill('SIGKILL')
      hasEnded = true
      done(signal ?? `exit code ${code}`)
    })
  })
  /** @type {Promise<void>} */
  const ready = new Promise(done => {
    child.on('message', message => message === 'ready' && done())
  })
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    // Another group can get its number later.
    if (hasEnded) return
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch (error) {
      // ESRCH: the whole group has already ended.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
    }
  }
  if (hangsAfterMs) watchPulse(name, child, hangsAfterMs, () => kill('SIGKILL'))
  return {
    ready,
    exited,
    async stop(force) {
      const forced = new Promise(done => {
        if (force.aborted) done(null)
        force.addEventListener('abort', () => done(null), { once: true })
      })
      kill('SIGTERM')
      await Promise.race([exited, forced, sleep(GRACE_MS, null, { ref: false })])
      kill('SIGKILL')
      await exited
    },
  }
}
