import { fork } from 'node:child_process'
import { ensureDatabase } from './database.mjs'
import { fromRoot } from './paths.mjs'
import { LaunchError } from './report.mjs'

/**
 * A real PostgreSQL server in a temporary folder, for tests and tools. Nothing of it stays after stop(), nor when this
 * process is killed.
 * @param {{ durable?: boolean }} [options] durable: writes as the product's own server does, for measuring
 * @returns {Promise<{ admin: string, create: (name: string) => Promise<string>, stop: () => Promise<void> }>}
 *   admin: the superuser's URL; create: makes an empty database of its own role, as the application has it, and returns its URL
 */
export async function startThrowaway({ durable = false } = {}) {
  // In a group of its own, so that Ctrl-C does not end it before it has cleaned up.
  const args = durable ? ['durable'] : []
  const keeper = fork(fromRoot('scripts/launch/throwaway-keeper.mjs'), args, { detached: true, execArgv: [] })
  const exited = new Promise(done => keeper.once('exit', done))
  const { admin, password, port } = await new Promise((done, fail) => {
    keeper.once('message', done)
    keeper.once('exit', () => fail(new LaunchError('The temporary database did not start.')))
  })
  return {
    admin,
    async create(name) {
      await ensureDatabase(admin, password, name)
      return `postgresql://${name}:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      keeper.disconnect()
      await exited
    },
  }
}
