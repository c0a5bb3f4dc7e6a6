/** The largest change that a page offers, of 200,000 findings, takes a fraction of it. */
const STATEMENT_MS = 120_000

/** Runs once when the web server starts, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [
    { watchPeers },
    { secureAnswers },
    { warmUp },
    { limitStatements, openReplica, replicaState },
    { watchHealth },
    { loadControlTable },
  ] = await Promise.all([
    import('./lib/access/network/peer'),
    import('./lib/access/api/answer-headers'),
    import('./lib/access/sign-in/password'),
    import('./lib/db'),
    import('./lib/health/health'),
    import('./lib/store/policies/control-table'),
  ])
  watchPeers()
  secureAnswers()
  limitStatements(STATEMENT_MS)
  openReplica()
  watchHealth(replicaState)
  await Promise.all([warmUp(), loadOnceItAnswers(loadControlTable)])
}

/** Loads what the database has, without delaying the start for a database that does not answer. */
async function loadOnceItAnswers(load: () => Promise<void>): Promise<void> {
  try {
    await load()
  } catch {
    setTimeout(() => void loadOnceItAnswers(load), 5000).unref()
  }
}
