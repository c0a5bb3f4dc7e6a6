import pg from 'pg'

/**
 * A connection whose end never ends this process: without a listener the loss of an idle connection would.
 * @param {string} url
 * @param {number} [patienceMs] until it has to be there; 0: as long as the system tries
 */
export async function connectTo(url, patienceMs = 0) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

/**
 * Why a database does not let this process in; null where it does.
 * @param {string} url
 * @param {number} [patienceMs]
 * @returns {Promise<(Error & { code?: string }) | null>}
 */
export async function connectionProblem(url, patienceMs = 2000) {
  try {
    const client = await connectTo(url, patienceMs)
    await client.end()
    return null
  } catch (error) {
    return /** @type {Error & { code?: string }} */ (error)
  }
}

/**
 * Why nothing can be written to a database, or it cannot be reached; null where it can.
 * @param {string} url
 * @returns {Promise<Error | null>}
 */
export async function writingProblem(url) {
  try {
    const client = await connectTo(url, 10_000)
    try {
      await client.query('create temporary table hinomi_probe () on commit drop')
    } finally {
      await client.end().catch(() => {})
    }
    return null
  } catch (error) {
    return /** @type {Error} */ (error)
  }
}

/**
 * Whether the server itself said no: it lives, but recovers, or has no connection left.
 * @param {Error & { code?: string }} problem
 */
export const isAnswer = problem => /^\d[0-9A-Z]{4}$/.test(problem.code ?? '')
