import { spawn } from 'node:child_process'
import { fromRoot, root } from '../launch/paths.mjs'
import { say } from '../launch/report.mjs'

const programs = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  next: 'node_modules/next/dist/bin/next',
  playwright: 'node_modules/@playwright/test/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
}

/** The tests get the settings that control tests, and none that a developer has set for their own product. */
const kept = new Set(['HINOMI_SAMPLES', 'HINOMI_BROWSER', 'HINOMI_README_SHOT', 'HINOMI_TEST_RUNS', 'HINOMI_API_CASES'])

/**
 * Runs a development tool, shows its output and returns its exit code.
 * @param {keyof typeof programs} program
 * @param {string[]} args
 * @param {Record<string, string>} [extra]
 * @returns {Promise<number>}
 */
export function runTool(program, args, extra) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [fromRoot(programs[program]), ...args], {
      cwd: root,
      env: testEnv(extra),
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      if (signal) say(`${program} was ended by ${signal}.`)
      done(code ?? 1)
    })
  })
}

/**
 * Begins to install the Python tools of the tests, which takes half a minute on a new machine. A test that needs one of them waits for
 * it, or says what is missing.
 */
export function beginInstallingPythonTools() {
  const child = spawn(process.execPath, ['--import', 'tsx', fromRoot('tests/tools/install.ts')], {
    cwd: root,
    env: testEnv(),
    stdio: 'ignore',
  })
  child.once('error', () => {})
  child.unref()
}

/**
 * @param {Record<string, string>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
function testEnv(extra) {
  const env = Object.entries(process.env).filter(([name]) => {
    if (['DATABASE_URL', 'DATABASE_READ_URL', 'PORT'].includes(name) || name.startsWith('NEXTAUTH_')) return false
    return !name.startsWith('HINOMI_') || kept.has(name)
  })
  // An empty DATABASE_URL counts as absent, and a .env file does not replace it.
  return { ...Object.fromEntries(env), DATABASE_URL: '', NEXT_TELEMETRY_DISABLED: '1', ...extra, NODE_ENV: 'test' }
}
