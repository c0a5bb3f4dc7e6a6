// npm start, npm run dev (--dev), npm run demo (--demo). Runs before packages are installed: imports only modules of Node.js.
import { parseArgs } from 'node:util'
import { prepare } from './launch/install.mjs'
import { loadEnvFile } from './launch/paths.mjs'
import { runMain, say } from './launch/report.mjs'
import { nodeWarning } from './launch/settings.mjs'
import { listenForStop } from './launch/signals.mjs'

await runMain(async () => {
  const { values } = parseArgs({ options: { dev: { type: 'boolean' }, demo: { type: 'boolean' } } })
  const signals = listenForStop()
  loadEnvFile()
  const warning = nodeWarning(process.version)
  if (warning) say(warning)
  try {
    await prepare({ signal: signals.stop, development: values.dev ?? false })
    const { serve } = await import('./launch/serve.mjs')
    await serve({ dev: values.dev ?? false, demo: values.demo ?? false, ...signals })
  } catch (error) {
    if (!signals.stop.aborted) throw error
  }
  return 0
})
