// npm run format: formats the files and applies the safe fixes of the linter.
import { prepare } from './launch/install.mjs'
import { runMain } from './launch/report.mjs'

await runMain(async () => {
  await prepare({ development: true })
  const { runTool } = await import('./testing/tools.mjs')
  return runTool('biome', ['check', '--write', ...process.argv.slice(2)])
})
