import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fromRoot, root } from './paths.mjs'
import { LaunchError } from './report.mjs'

const tool = fromRoot('scripts/launch/tool.mjs')
const hasProc = existsSync('/proc/self/stat')

/**
 * what: the name of the step in the message of a failure; quiet: shows its output, or its standard output, only if it
 * fails (otherwise all output goes to stderr); leashed: it ends with this process, even if this process is killed.
 * @typedef {{ what: string, quiet?: boolean | 'stdout', signal?: AbortSignal, leashed?: boolean }} RunOptions
 */

/**
 * Runs a program until it ends. Returns its standard output.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions & import('node:child_process').SpawnOptions} options
 * @returns {Promise<string>}
 */
export function run(command, args, { what, quiet = false, signal, leashed = false, ...options }) {
  return new Promise((done, fail) => {
    const all = { cwd: root, ...options, ...(signal ? { signal } : {}) }
    const child = leashed
      ? spawnLeashed(command, args, all)
      : spawn(command, args, { ...all, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let hidden = ''
    child.stdout?.on('data', chunk => {
      output += chunk
      if (quiet) hidden += chunk
      else process.stderr.write(chunk)
    })
    child.stderr?.on('data', chunk => {
      if (quiet === true) hidden += chunk
      else process.stderr.write(chunk)
    })
    child.on('error', error => fail(signal?.aborted ? error : new LaunchError(`${what} failed: ${error.message}`)))
    child.on('close', (code, killed) => {
      if (code === 0) return done(output)
      const detail = hidden.trim() ? `:\n${hidden.trim()}` : ''
      fail(new LaunchError(`${what} failed (${killed ?? `exit code ${code}`})${detail}`))
    })
  })
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
function spawnLeashed(command, args, { uid, gid, shell, cwd, ...options }) {
  const text = JSON.stringify({ command, args, options: { uid, gid, shell, cwd } })
  return spawn(process.execPath, [tool, text], {
    ...options,
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * The start time of a process, as an opaque text. With the pid it distinguishes a process from a later one of the same number.
 * @param {number} pid
 * @returns {string | null} null if there is no such process
 */
export function startedAt(pid) {
  if (!hasProc) return isAlive(pid) ? ps(pid, 'lstart') : null
  const stat = statOf(pid)
  // A zombie (Z) is no longer running.
  return stat && stat[0] !== 'Z' ? (stat[19] ?? null) : null
}

/**
 * The parent of a process; null if it is unknown.
 * @param {number} pid
 */
export function parentOf(pid) {
  return hasProc ? (statOf(pid)?.[1] ?? null) : null
}

/** @param {number} pid */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The fields follow the name in brackets, which may contain spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/**
 * The command line of a process; empty if it has ended.
 * @param {number} pid
 */
export function commandOf(pid) {
  if (!hasProc) return isAlive(pid) ? ps(pid, 'command') : ''
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/**
 * @param {number} pid
 * @param {string} column
 */
function ps(pid, column) {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
}
