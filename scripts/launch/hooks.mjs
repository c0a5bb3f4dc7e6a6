import { existsSync } from 'node:fs'
import { fromRoot } from './paths.mjs'
import { run } from './process.mjs'
import { say } from './report.mjs'

/** Installs the checks before a commit, for developers. A clone without git or without lefthook works too. */
export async function installHooks() {
  const lefthook = fromRoot('node_modules/lefthook/bin/index.js')
  if (!existsSync(fromRoot('.git')) || !existsSync(lefthook)) return
  try {
    await run(process.execPath, [lefthook, 'install'], { what: 'lefthook install', quiet: true })
  } catch (error) {
    say(`The pre-commit checks were not installed: ${/** @type {Error} */ (error).message}`)
  }
}
