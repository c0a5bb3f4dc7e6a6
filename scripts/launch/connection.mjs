import pg from 'pg'

/**
 * A connection with an error listener: without one, the loss of an idle connection would end this process.
 * @param {string} url
 * @param {number} [patienceMs] the time limit to connect; 0: the system's own
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
 * The reason why a database refuses this process; null if it does not.
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
 * The reason why a database cannot be reached or written; null if it can.
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
 * Whether the server itself refused: it runs, but is recovering or has no connection left.
 * @param {Error & { code?: string }} problem
 */
export const isAnswer = problem => /^\d[0-9A-Z]{4}$/.test(problem.code ?? '')
