import 'server-only'
import { jobAccess } from '../../access/job'
import { pool } from '../../db'
import { runImport } from '../../ingest/run/run'
import type { RunOptions } from '../../ingest/run/start-context'
import { log } from '../../log'
import { type Outage, outageOf } from '../../outage'
import { holdImports, noteFailure, releaseImports } from '../../store/imports/queue'
import { TakenOver } from '../../store/imports/runs'

const access = jobAccess('import')

/**
 * How an attempt at an import went: it ran to its end; there was `nothing` to do, or another worker is at one; an error of its own
 * or an outage interrupted it, and it is tried again.
 */
export type Attempt = { result: 'ended' | 'nothing' } | { result: 'error'; failures: number } | { result: Outage }

/** Runs one import unless another worker is at one. Throws only what keeps it from counting an error. */
export async function attemptImport(id: number, options: RunOptions = {}): Promise<Attempt> {
  try {
    return { result: (await runHeld(id, options)) ? 'ended' : 'nothing' }
  } catch (error) {
    const outage = outageOf(error)
    if (outage) {
      log.error({ err: error, import: id }, `import was interrupted: ${outage}`)
      return { result: outage }
    }
    if (error instanceof TakenOver) {
      log.warn({ err: error, import: id }, 'another run took the import over')
      return { result: 'ended' }
    }
    log.error({ err: error, import: id }, 'import was interrupted')
    return { result: 'error', failures: await noteFailure(access, id) }
  }
}

async function runHeld(id: number, options: RunOptions): Promise<boolean> {
  const client = await pool().connect()
  let broken = false
  const lost = (error: Error) => {
    // The hold is gone; the run ends by itself once another worker has gone on.
    log.warn({ err: error, import: id }, 'the database connection that holds an import broke')
    broken = true
  }
  client.on('error', lost)
  try {
    if (!(await holdImports(access, client))) return false
    try {
      return await runImport(access, id, options)
    } finally {
      if (!broken) await releaseImports(access, client)
    }
  } catch (error) {
    broken = true
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}
