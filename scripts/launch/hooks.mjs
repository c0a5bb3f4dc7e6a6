import { existsSync } from 'node:fs'
import { fromRoot } from './paths.mjs'
import { run } from './process.mjs'
import { say } from './report.mjs'

/** For those who change the code: the checks before a commit. A clone without git or without lefthook works as well. */
export async function installHooks() {
  const lefthook = fromRoot('node_modules/lefthook/bin/index.js')
  if (!existsSync(fromRoot('.git')) || !existsSync(lefthook)) return
  try {
    await run(process.execPath, [lefthook, 'install'], { what: 'lefthook install', quiet: true })
  } catch (error) {
    say(`The pre-commit checks were not installed: ${/** @type {Error} */ (error).message}`)
  }
}
