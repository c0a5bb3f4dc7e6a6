/** Runs once when the web server starts, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [{ watchPeers }, { secureAnswers }, { warmUp }] = await Promise.all([
    import('./lib/access/peer'),
    import('./lib/access/answer-headers'),
    import('./lib/access/password'),
  ])
  watchPeers()
  secureAnswers()
  await warmUp()
}
