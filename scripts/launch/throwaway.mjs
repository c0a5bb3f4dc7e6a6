import { fork } from 'node:child_process'
import { ensureDatabase } from './database.mjs'
import { fromRoot } from './paths.mjs'
import { LaunchError } from './report.mjs'

/**
 * A real PostgreSQL server in a temporary folder, for tests and tools. It is removed completely by stop(), and when this
 * process is killed.
 * @param {{ durable?: boolean }} [options] durable: with the durability settings of the product, for measurements
 * @returns {Promise<{ admin: string, create: (name: string) => Promise<string>, stop: () => Promise<void> }>}
 *   admin: the superuser's URL; create: creates an empty database with its own role, like the application's, and returns its URL
 */
export async function startThrowaway({ durable = false } = {}) {
  // In its own process group, so that Ctrl-C does not end it before it has cleaned up.
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
