import { readdirSync, readFileSync } from 'node:fs'
import { startedAt } from './process.mjs'

/** Whether a process of an ended launcher is still ending. Needs /proc; false on systems without it. */
export function isEarlierStartEnding() {
  try {
    return readdirSync('/proc').some(name => /^\d+$/.test(name) && isOrphan(name))
  } catch {
    return false
  }
}

/** @param {string} pid */
function isOrphan(pid) {
  try {
    const entry = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find(variable => variable.startsWith('HINOMI_LAUNCHER_PID='))
    return entry !== undefined && startedAt(Number(entry.split('=')[1])) === null
  } catch {
    // The process belongs to another user, or has ended.
    return false
  }
}
