/** Runs once when the web server starts, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [{ env }, { watchPeers }, { warmUp }] = await Promise.all([
    import('./lib/env'),
    import('./lib/access/peer'),
    import('./lib/access/password'),
  ])
  // A wrong setting ends the server now, not at the first request that needs it.
  env()
  watchPeers()
  await warmUp()
}
