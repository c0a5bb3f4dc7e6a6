// npm start, npm run dev (--dev), npm run demo (--demo). Runs before anything is installed: only Node's own modules here.
import { parseArgs } from 'node:util'
import { prepare } from './launch/install.mjs'
import { loadEnvFile } from './launch/paths.mjs'
import { runMain } from './launch/report.mjs'
import { listenForStop } from './launch/signals.mjs'

await runMain(async () => {
  const { values } = parseArgs({ options: { dev: { type: 'boolean' }, demo: { type: 'boolean' } } })
  const signals = listenForStop()
  loadEnvFile()
  try {
    await prepare(signals.stop)
    const { serve } = await import('./launch/serve.mjs')
    await serve({ dev: values.dev ?? false, demo: values.demo ?? false, ...signals })
  } catch (error) {
    if (!signals.stop.aborted) throw error
  }
  return 0
})
