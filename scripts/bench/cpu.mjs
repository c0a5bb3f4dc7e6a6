import { existsSync, readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/**
 * @param {string | number} pid
 * @returns {{ parent: number, ticks: number } | null} ticks: of the process, and of its children that have ended
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
 * The process that started another one; 0 where the system does not tell.
 * @param {number} pid
 */
export const parentOf = pid => statOf(pid)?.parent ?? 0

/**
 * CPU seconds that processes have used so far, with everything that they have started; NaN where the system does not tell.
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
