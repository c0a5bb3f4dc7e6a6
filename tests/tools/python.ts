import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const REQUIREMENTS = fromRoot('tests/tools/requirements.txt')
const INSTALL_MS = 300_000

export type PythonTool = { program: string } | { missing: string }

/**
 * A program of tests/tools/requirements.txt. The first call installs them in a virtual environment under node_modules/.cache, one
 * for each version of that file. `missing` says why there is none, such as on a machine without Python 3.11 or without PyPI.
 */
export function pythonTool(name: string): PythonTool {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = fromRoot(`node_modules/.cache/python-tools-${version}`)
  const program = join(folder, 'bin', name)
  const done = join(folder, 'installed')
  if (existsSync(done)) return { program }
  rmSync(folder, { recursive: true, force: true })
  try {
    run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'])
    run('python3', ['-m', 'venv', folder])
    run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS])
  } catch (error) {
    return { missing: `Python 3.11 with venv and PyPI are needed: ${reasonOf(error)}` }
  }
  // The mark comes last: an installation that was interrupted is begun again.
  writeFileSync(done, '')
  return { program }
}

function run(program: string, args: string[]): void {
  execFileSync(program, args, { stdio: 'pipe', timeout: INSTALL_MS })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error)
}
