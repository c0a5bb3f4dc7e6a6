// npm run -s migrate:diff            prints the SQL from the schema of the migrations to prisma/schema.prisma
// npm run -s migrate:diff -- --empty prints the SQL of the whole schema
import { prepare } from './launch/install.mjs'
import { runMain } from './launch/report.mjs'

await runMain(async () => {
  await prepare({ development: true })
  const { openSchemaEngine } = await import('./launch/schema-engine.mjs')
  const { startThrowaway } = await import('./launch/throwaway.mjs')
  const server = await startThrowaway()
  try {
    // The superuser: replaying the migrations creates a temporary database.
    const engine = await openSchemaEngine(server.admin)
    process.stdout.write(await engine.diff(process.argv.includes('--empty') ? 'empty' : 'migrations'))
    await engine.close()
  } finally {
    await server.stop()
  }
  return 0
})
