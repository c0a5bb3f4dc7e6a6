import 'server-only'
import type { PoolClient } from 'pg'
import { pool } from '../../db'
import { log } from '../../log'

/** A connection whose session locks are the claim on an import. */
export interface LockConnection {
  client: PoolClient
  /** False once the connection, and with it its locks, is lost: the run fails as soon as another worker takes the import over. */
  isAlive: () => boolean
}

/** Runs `work` with a connection of its own. If it breaks or `work` fails, the connection is closed, so that no lock remains. */
export async function onConnection<T>(work: (connection: LockConnection) => Promise<T>): Promise<T> {
  const client = await pool().connect()
  let alive = true
  const lost = (error: Error) => {
    log.warn({ err: error }, 'the database connection that locks an import broke')
    alive = false
  }
  client.on('error', lost)
  try {
    return await work({ client, isAlive: () => alive })
  } catch (error) {
    alive = false
    throw error
  } finally {
    client.off('error', lost)
    client.release(!alive)
  }
}
