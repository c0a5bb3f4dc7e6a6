import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from '../../scripts/launch/lock.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const REQUIREMENTS = fromRoot('tests/tools/requirements.txt')
const INSTALL_MS = 300_000
const run = promisify(execFile)

export type PythonTool = { program: string } | { missing: string }

/**
 * A program of tests/tools/requirements.txt. The first call installs them in a virtual environment under node_modules/.cache, one
 * for each version of that file. `missing` says why there is none, such as on a machine without Python 3.11 or without PyPI.
 */
export async function pythonTool(name: string): Promise<PythonTool> {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = fromRoot(`node_modules/.cache/python-tools-${version}`)
  const program = join(folder, 'bin', name)
  const done = join(folder, 'installed')
  // Test files run in parallel: one of them installs, the others wait.
  return await withLock(`${folder}.lock`, async () => {
    if (existsSync(done)) return { program }
    rmSync(folder, { recursive: true, force: true })
    try {
      await install(folder)
    } catch (error) {
      return { missing: `Python 3.11 with venv and PyPI are needed: ${reasonOf(error)}` }
    }
    // The mark comes last: an installation that was interrupted is begun again.
    writeFileSync(done, '')
    return { program }
  })
}

async function install(folder: string): Promise<void> {
  const options = { timeout: INSTALL_MS }
  await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], options)
  await run('python3', ['-m', 'venv', folder], options)
  const pip = join(folder, 'bin', 'pip')
  await run(pip, ['install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS], options)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error)
}
