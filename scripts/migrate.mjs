// npm run migrate: applies all pending migrations to the database (DATABASE_URL, or the embedded one of the data folder).
import { prepare } from './launch/install.mjs'
import { loadEnvFile } from './launch/paths.mjs'
import { runMain, say } from './launch/report.mjs'

await runMain(async () => {
  loadEnvFile()
  await prepare()
  const { withDatabase } = await import('./launch/database.mjs')
  const { migrate } = await import('./launch/migrate.mjs')
  const { requireSafeConnections } = await import('./launch/settings.mjs')
  requireSafeConnections()
  await withDatabase(async url => {
    const applied = await migrate(url)
    say(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The database is up to date.')
  })
  return 0
})
