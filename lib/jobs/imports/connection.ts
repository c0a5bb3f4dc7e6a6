import 'server-only'
import type { PoolClient } from 'pg'
import { pool } from '../../db'
import { log } from '../../log'

/** A connection whose session locks hold an import. */
export interface Holding {
  client: PoolClient
  /** False once the connection broke, and with it what it held: the run ends by itself once another worker has gone on. */
  isAlive: () => boolean
}

/** Runs `work` with a connection of its own. One that broke, or on which `work` failed, is not used again, so that no lock stays. */
export async function onConnection<T>(work: (holding: Holding) => Promise<T>): Promise<T> {
  const client = await pool().connect()
  let alive = true
  const lost = (error: Error) => {
    log.warn({ err: error }, 'the database connection that holds an import broke')
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
