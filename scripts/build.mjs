// npm run build: installs the production packages and builds, without starting anything. For images and hardened services, which
// start from read-only files. --packages: installs only.
import { parseArgs } from 'node:util'
import { prepare } from './launch/install.mjs'
import { runMain } from './launch/report.mjs'

await runMain(async () => {
  const { values } = parseArgs({ options: { packages: { type: 'boolean' } } })
  await prepare()
  if (values.packages) return 0
  const { build } = await import('./launch/build.mjs')
  await build()
  return 0
})
