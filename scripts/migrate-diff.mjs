// npm run -s migrate:diff            the SQL that the migrations lack to reach prisma/schema.prisma
// npm run -s migrate:diff -- --empty the SQL of the whole schema
import { prepare } from './launch/install.mjs'
import { runMain } from './launch/report.mjs'

await runMain(async () => {
  await prepare({ development: true })
  const { openSchemaEngine } = await import('./launch/schema-engine.mjs')
  const { startThrowaway } = await import('./launch/throwaway.mjs')
  const server = await startThrowaway()
  try {
    // The superuser: replaying the migrations makes a scratch database of its own.
    const engine = await openSchemaEngine(server.admin)
    process.stdout.write(await engine.diff(process.argv.includes('--empty') ? 'empty' : 'migrations'))
    await engine.close()
  } finally {
    await server.stop()
  }
  return 0
})
