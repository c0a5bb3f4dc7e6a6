import { existsSync, readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/**
 * @param {string | number} pid
 * @returns {{ parent: number, ticks: number } | null} ticks: of the process and of its ended children
 */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return { parent: fields[1] ?? 0, ticks: [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0) }
  } catch {
    return null
  }
}

/**
 * The parent of a process; 0 if the system does not provide it.
 * @param {number} pid
 */
export const parentOf = pid => statOf(pid)?.parent ?? 0

/**
 * CPU seconds that processes and all their descendants have used so far; NaN if the system does not provide them.
 * @param {number[]} roots
 */
export function cpuOf(...roots) {
  if (!existsSync('/proc/self/stat')) return Number.NaN
  /** @type {Map<number, { parent: number, ticks: number }>} */
  const all = new Map()
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    const stat = statOf(name)
    if (stat) all.set(Number(name), stat)
  }
  const isBelow = (/** @type {number} */ pid) => {
    for (let at = pid, depth = 0; at > 1 && depth < 20; at = all.get(at)?.parent ?? 0, depth++)
      if (roots.includes(at)) return true
    return false
  }
  return [...all].reduce((sum, [pid, { ticks }]) => sum + (isBelow(pid) ? ticks : 0), 0) / TICKS_PER_SECOND
}
