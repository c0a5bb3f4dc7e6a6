// npm run baseline -- FILE: writes a backup of a small sample organization in this version. The upgrade test restores the baseline
// of each version since 0.2.0 from tests/fixtures/baselines.
import { resolve } from 'node:path'
import { prepare } from './launch/install.mjs'
import { fromRoot } from './launch/paths.mjs'
import { LaunchError, runMain } from './launch/report.mjs'

await runMain(async () => {
  const [file] = process.argv.slice(2)
  if (!file) throw new LaunchError('Usage: npm run baseline -- FILE')
  await prepare({ development: true })
  const { run } = await import('./launch/process.mjs')
  const { typescript } = await import('./launch/settings.mjs')
  const { startThrowaway } = await import('./launch/throwaway.mjs')
  const server = await startThrowaway()
  try {
    const env = {
      ...process.env,
      DATABASE_URL: await server.create('hinomi_baseline'),
      HINOMI_SECRET: 'only-for-the-sample-organization-of-a-baseline',
      HINOMI_LOG_LEVEL: 'warn',
    }
    await run(process.execPath, [fromRoot('scripts/migrate.mjs')], { what: 'Migrating', quiet: true, env })
    const program = [...typescript, fromRoot('scripts/demo/baseline.ts'), resolve(file)]
    await run(process.execPath, program, { what: 'Filling the baseline', env })
  } finally {
    await server.stop()
  }
  return 0
})
