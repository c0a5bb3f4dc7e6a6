// npm run docs: writes the pages of docs/reference from the code.
import { prepare } from './launch/install.mjs'
import { fromRoot } from './launch/paths.mjs'
import { runMain } from './launch/report.mjs'

await runMain(async () => {
  await prepare({ development: true })
  const { run } = await import('./launch/process.mjs')
  const { typescript } = await import('./launch/settings.mjs')
  await run(process.execPath, [...typescript, fromRoot('scripts/docs/main.ts')], { what: 'Writing docs/reference' })
  return 0
})
