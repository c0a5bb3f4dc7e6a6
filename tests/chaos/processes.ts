import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandOf, parentOf, startedAt } from '../../scripts/launch/process.mjs'

/** The kinds of process that are killed. */
export const roles = ['worker', 'backend', 'writer', 'web', 'postmaster', 'launcher'] as const
export type Role = (typeof roles)[number]

/** checkpointer, background writer and WAL writer. */
const WRITER = /^postgres: (?:checkpointer|background writer|walwriter)/
const BACKEND = /^postgres: hinomi hinomi /

/** The folder of the embedded database of a data folder; placement.mjs notes another place for root. */
function databaseHome(dataDir: string): string {
  const note = join(dataDir, 'postgres-location.txt')
  return existsSync(note) ? (readFileSync(note, 'utf8').split('\n')[0] ?? dataDir) : dataDir
}

/** Pid and port of the embedded PostgreSQL, or null where it does not run. */
export function postmasterOf(dataDir: string): { pid: number; port: number } | null {
  const file = join(databaseHome(dataDir), 'postgres/postmaster.pid')
  if (!existsSync(file)) return null
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n').map(Number)
  return pid && port && startedAt(pid) ? { pid, port } : null
}

/** The living processes of a role; `launcher` is the pid of the present launcher. */
export function processesOf(role: Role, dataDir: string, launcher: number): number[] {
  if (role === 'launcher') return startedAt(launcher) ? [launcher] : []
  if (role === 'web') {
    const groups = childrenOf(launcher).filter(pid => /next-server|bin\/next/.test(commandOf(pid)))
    return [...groups, ...groups.flatMap(childrenOf)]
  }
  if (role === 'worker') return childrenOf(launcher).filter(pid => commandOf(pid).includes('.next/worker.cjs'))
  const postmaster = postmasterOf(dataDir)
  if (!postmaster) return []
  if (role === 'postmaster') return [postmaster.pid]
  const pattern = role === 'writer' ? WRITER : BACKEND
  return childrenOf(postmaster.pid).filter(pid => pattern.test(commandOf(pid)))
}

/** A process as pid and start, which no later process shares. */
export function identityOf(pid: number): string {
  return `${pid}/${startedAt(pid)}`
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => parentOf(pid) === String(parent) && startedAt(pid) !== null)
}
