import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf, startedAt } from './process.mjs'

/** They see the end of their postmaster by themselves, but not before the statement or the wait that they are in. */
const PATIENCE_MS = 2000
const LIMIT_MS = 30_000

/**
 * Waits for the processes that a killed postmaster left behind, and ends those that stay: a new one cannot start as long as they
 * hold the shared memory. Their work is lost either way. Only where /proc tells whose they are.
 * @param {string} cluster the data directory, of which the caller knows that no postmaster runs on it
 */
export async function endOrphans(cluster) {
  const began = Date.now()
  for (let waited = 0; waited < LIMIT_MS; waited = Date.now() - began) {
    const orphans = processesIn(cluster)
    if (orphans.length === 0) return
    if (waited > PATIENCE_MS) for (const pid of orphans) signalIfThere(pid, 'SIGKILL')
    await sleep(100)
  }
}

/**
 * PostgreSQL's processes have the data directory as their working directory.
 * @param {string} cluster
 */
function processesIn(cluster) {
  try {
    const folder = realpathSync(cluster)
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && folderOf(name) === folder && /postgres/.test(commandOf(Number(name))))
      .map(Number)
  } catch {
    return []
  }
}

/** @param {string} pid */
function folderOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

/**
 * Waits until a process is gone; returns whether it is.
 * @param {number} pid
 * @param {number} patienceMs
 */
export async function isGoneWithin(pid, patienceMs) {
  const started = startedAt(pid)
  for (const began = Date.now(); started !== null && startedAt(pid) === started; await sleep(100)) {
    if (Date.now() - began > patienceMs) return false
  }
  return true
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalIfThere(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // ESRCH: it is gone, which is the aim.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
