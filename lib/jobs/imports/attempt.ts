import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { jobAccess } from '../../access/job'
import { runImport } from '../../ingest/run/run'
import type { RunOptions } from '../../ingest/run/start-context'
import { log } from '../../log'
import { type Outage, outageOf } from '../../outage'
import { OutsideLane } from '../../store/imports/hold'
import { type Claimed, type ClaimOptions, claimImport, releaseImport } from '../../store/imports/lanes'
import { noteFailure } from '../../store/imports/queue'
import { TakenOver } from '../../store/imports/runs'
import { onConnection } from './connection'
import { widenLane } from './scan'

const access = jobAccess('import')
/** Another worker claims an import in a few milliseconds. */
const BUSY_MS = 5

type Ended = { result: 'ended' | 'nothing' } | { result: 'error'; failures: number } | { result: Outage }

/**
 * The outcome of an attempt: the import ended; there was `nothing` runnable; or an error or an outage interrupted it and it will be
 * retried. `id` is the import, null if none was claimed.
 */
export type Attempt = Ended & { id: number | null }

/** Runs one import unless an earlier one that shares an account with it has to run first. */
export async function attemptImport(id: number, options: RunOptions = {}): Promise<Ended> {
  const { id: _, ...ended } = await attempt({ only: id }, () => options)
  return ended
}

/** Runs the oldest runnable import. Throws only if the error cannot be attributed to an import. */
export async function attemptNext(claim: ClaimOptions, optionsOf: (claimed: Claimed) => RunOptions): Promise<Attempt> {
  return attempt(claim, optionsOf)
}

async function attempt(claim: ClaimOptions, optionsOf: (claimed: Claimed) => RunOptions): Promise<Attempt> {
  let id: number | null = null
  try {
    return await onConnection(async ({ client, isAlive }) => {
      let claimed = await claimImport(access, client, claim)
      while (claimed === 'busy') {
        await sleep(BUSY_MS)
        claimed = await claimImport(access, client, claim)
      }
      if (claimed === null) return { id, result: 'nothing' }
      id = claimed.id
      try {
        await runImport(access, id, optionsOf(claimed))
        return { id, result: 'ended' }
      } catch (error) {
        if (!(error instanceof OutsideLane)) throw error
        log.warn(
          { import: id, accounts: error.accounts.length },
          'a report contains accounts that its import has not locked; it will be retried',
        )
        await widenLane(id, error.accounts)
        return { id, result: 'ended' }
      } finally {
        if (isAlive()) await releaseImport(access, client, id)
      }
    })
  } catch (error) {
    return { id, ...(await interrupted(id, error)) }
  }
}

async function interrupted(id: number | null, error: unknown): Promise<Ended> {
  const outage = outageOf(error)
  if (outage) {
    log.error({ err: error, import: id }, `import was interrupted: ${outage}`)
    return { result: outage }
  }
  if (id === null) throw error
  if (error instanceof TakenOver) {
    log.warn({ err: error, import: id }, 'another run took the import over')
    return { result: 'ended' }
  }
  log.error({ err: error, import: id }, 'import was interrupted')
  return { result: 'error', failures: await noteFailure(access, id) }
}
