import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { bundle } from '../../scripts/launch/bundle.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'

/** Options of Node.js for a compiled program. */
export const compiledArgs = ['--conditions=react-server']

/**
 * A program of the tests in one file, compiled as the product's worker is: one that is compiled while it loads takes seconds to start,
 * and some tests start it many times. It finds its packages from there.
 */
export async function compiled(program: string): Promise<string> {
  const file = fromRoot(`node_modules/.cache/tests/${basename(program, '.ts')}-${process.pid}.cjs`)
  await bundle(program, file)
  process.once('exit', () => rmSync(file, { force: true }))
  return file
}
