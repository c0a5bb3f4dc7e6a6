import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { diskOutageIn } from './outage.mjs'
import { startedAt } from './process.mjs'

const ABANDONED_MS = 10_000
let counter = 0

/**
 * Runs `work` while no other process holds the same lock. A lock whose process has ended is taken over.
 * @template T
 * @param {string} path a folder that exists only while the lock is held
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, signal?: AbortSignal }} [options] onWait: called once if another process has the lock;
 *   signal: stops waiting
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { onWait, signal } = {}) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  for (let waited = false; !tryLock(path); waited = true) {
    if (!waited) onWait?.()
    removeIfStale(path)
    signal?.throwIfAborted()
    await sleep(100)
  }
  try {
    return await work()
  } finally {
    remove(path)
  }
}

/**
 * The same for work that must also run on a full or read-only disk, where no process can take a lock.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLockIfPossible(path, work) {
  let began = false
  try {
    return await withLock(path, () => {
      began = true
      return work()
    })
  } catch (error) {
    if (began || !diskOutageIn(String(/** @type {NodeJS.ErrnoException} */ (error).code))) throw error
    return work()
  }
}

/**
 * The folder appears with its owner file already in it: renaming onto a folder that is not empty fails.
 * @param {string} path
 */
function tryLock(path) {
  const mine = `${path}.${process.pid}-${counter++}`
  try {
    mkdirSync(mine, { mode: 0o700 })
    writeFileSync(join(mine, 'owner'), JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }))
    renameSync(mine, path)
    return true
  } catch (error) {
    rmSync(mine, { recursive: true, force: true })
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM') return false
    throw error
  }
}

/**
 * Checks and removes a stale lock under a second lock: otherwise two processes could find it stale, and the slower one
 * would remove the lock that the other has just taken.
 * @param {string} path
 */
function removeIfStale(path) {
  const guard = `${path}.guard`
  try {
    mkdirSync(guard)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    if (age(guard) > ABANDONED_MS) rmSync(guard, { recursive: true, force: true })
    return
  }
  try {
    if (isStale(path)) remove(path)
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

/**
 * In one step: a folder that is emptied first could be replaced by the next owner's, whose lock would then be removed.
 * @param {string} path
 */
function remove(path) {
  const gone = `${path}.${process.pid}-${counter++}`
  renameSync(path, gone)
  rmSync(gone, { recursive: true, force: true })
}

/** @param {string} path */
function isStale(path) {
  let owner
  try {
    owner = JSON.parse(readFileSync(join(path, 'owner'), 'utf8'))
  } catch {
    // Its owner is removing it. If the owner died meanwhile, the lock expires by its age.
    return age(path) > ABANDONED_MS
  }
  return startedAt(owner.pid) !== owner.started
}

/** @param {string} path */
function age(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? Date.now() - stat.mtimeMs : 0
}
