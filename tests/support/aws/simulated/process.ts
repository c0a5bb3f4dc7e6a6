import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fromRoot } from '../../../../scripts/launch/paths.mjs'
import type { CallCount } from '../gateway/calls'
import type { Size } from './simulated'

/** A simulated organization that takes neither time nor memory of the process that measures. */
export interface SimulatedProcess {
  /** The environment of a process that uses it. */
  env: Record<string, string>
  /** Calls until now, with those that were throttled and those above the limits. */
  counts: () => Promise<CallCount[]>
  stop: () => Promise<void>
}

export async function startSimulatedProcess(size: Partial<Size> = {}): Promise<SimulatedProcess> {
  const child = fork(fromRoot('tests/support/aws/simulated/child.ts'), [JSON.stringify(size)], {
    execArgv: ['--import', 'tsx'],
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`the simulated organization ended with exit code ${code}`)
  })
  // Without a reader a later, expected end would count as an unhandled error.
  failed.catch(() => {})
  const answer = async () => (await Promise.race([once(child, 'message'), failed]))[0]
  const env: Record<string, string> = await answer()
  return {
    env,
    counts() {
      child.send('counts')
      return answer()
    },
    async stop() {
      child.disconnect()
      await exited
    },
  }
}
