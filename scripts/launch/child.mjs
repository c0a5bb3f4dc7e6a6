import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { fromRoot, root } from './paths.mjs'
import { say } from './report.mjs'

const leash = pathToFileURL(fromRoot('scripts/launch/leash.mjs')).href
const GRACE_MS = 15_000
const LONGEST_PAUSE_MS = 30_000
const SETTLED_MS = 60_000

/**
 * A part of the product that runs beside the launcher. Its lines are shown behind its name.
 * exited: its end, as a text for a person; stop: asks it to end, and after a while, or at once on `force`, makes it.
 * @typedef {{ exited: Promise<string>, stop: (force: AbortSignal) => Promise<void> }} Child
 */

/**
 * @param {string} name
 * @param {string[]} args of node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Child}
 */
export function startChild(name, args, env) {
  const child = spawn(process.execPath, ['--import', leash, ...args], {
    cwd: root,
    env: { ...env, HINOMI_LAUNCHER_PID: String(process.pid) },
    // A group of its own: Ctrl-C reaches the launcher alone, which ends things in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on('line', line => process.stdout.write(`${name.padEnd(6)} │ ${line}\n`))
  }
  /** @type {Promise<string>} */
  const exited = new Promise(done => {
    child.once('error', error => done(error.message))
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`))
  })
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch (error) {
      // ESRCH: the whole group is gone, which is the aim.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
    }
  }
  return {
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

/**
 * A child that is started again when it ends, after a pause that grows while it keeps failing.
 * @param {string} name
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Pick<Child, 'stop'>}
 */
export function keepChild(name, args, env) {
  const stopping = new AbortController()
  let child = startChild(name, args, env)
  const watching = (async () => {
    for (let pause = 1000; ; ) {
      const began = Date.now()
      const end = await child.exited
      if (stopping.signal.aborted) return
      if (Date.now() - began > SETTLED_MS) pause = 1000
      say(`The ${name} ended (${end}); it starts again in ${pause / 1000} s.`)
      await sleep(pause, null, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
      child = startChild(name, args, env)
    }
  })()
  return {
    async stop(force) {
      stopping.abort()
      await child.stop(force)
      await watching
    },
  }
}
