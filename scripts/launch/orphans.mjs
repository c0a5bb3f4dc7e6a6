import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf, startedAt } from './process.mjs'

/** The processes notice the end of their postmaster only after their current statement or wait. */
const PATIENCE_MS = 2000
const LIMIT_MS = 30_000

/**
 * Waits for the processes of a killed postmaster to end, and kills the rest: a new postmaster cannot start while they
 * hold the shared memory. Their work is lost in either case. Needs /proc to identify them.
 * @param {string} cluster the data directory; the caller has checked that no postmaster runs on it
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
 * Waits for a process to end; returns whether it has ended.
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
    // ESRCH: it has already ended.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
