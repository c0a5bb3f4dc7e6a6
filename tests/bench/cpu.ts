import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { pool } from '../../lib/db'

const TICKS_PER_SECOND = 100

interface Stat {
  parent: number
  /** Of the process, and of its children that have ended and were waited for. */
  ticks: number
}

function statOf(pid: string): Stat | null {
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

/** CPU seconds of a process and everything that it has started so far; null where the system does not tell. */
export function cpuOfTree(root: number): number | null {
  if (!existsSync('/proc/self/stat')) return null
  const all = new Map<number, Stat>()
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    const stat = statOf(name)
    if (stat) all.set(Number(name), stat)
  }
  const below = (pid: number, depth = 0): boolean =>
    pid === root || (depth < 20 && pid > 1 && below(all.get(pid)?.parent ?? 0, depth + 1))
  let ticks = 0
  for (const [pid, stat] of all) if (below(pid)) ticks += stat.ticks
  return ticks / TICKS_PER_SECOND
}

/** The process of the database server, on this machine. */
export async function serverProcess(): Promise<number> {
  const { rows } = await pool().query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return statOf(String(rows[0]?.pid))?.parent ?? 0
}
