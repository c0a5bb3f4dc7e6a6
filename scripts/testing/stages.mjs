import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../launch/build.mjs'
import { fromRoot, root } from '../launch/paths.mjs'
import { say } from '../launch/report.mjs'
import { findBrowser } from './browser.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const programs = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  next: 'node_modules/next/dist/bin/next',
  playwright: 'node_modules/@playwright/test/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
}

/** What a developer has set for a product of their own must not reach the tests; what steers the tests does. */
const kept = new Set(['HINOMI_SAMPLES', 'HINOMI_BROWSER', 'HINOMI_README_SHOT', 'HINOMI_TEST_RUNS', 'HINOMI_API_CASES'])

/**
 * The stages of the parts of the test that were asked for, in order.
 * @param {string[]} parts
 * @returns {{ name: string, run: () => Promise<Counts> }[]}
 */
export function stagesOf(parts) {
  return [
    { part: 'static', name: 'format and lint', run: () => step('biome', ['check', '--error-on-warnings']) },
    { part: 'static', name: 'types', run: types },
    { part: 'static', name: 'unused code (knip)', run: () => step('knip', []) },
    { part: 'unit', name: 'unit tests', run: () => vitest('unit') },
    { part: 'integration', name: 'integration tests', run: () => vitest('integration*') },
    { part: ['e2e', 'api', 'chaos'], name: 'build', run: () => build().then(() => outcome(true)) },
    { part: 'e2e', name: 'end-to-end tests', run: endToEnd },
    { part: 'api', name: 'the API against its document', run: () => vitest('api') },
    { part: 'chaos', name: 'processes killed, full and read-only disk', run: () => vitest('chaos') },
  ].filter(stage => [stage.part].flat().some(part => parts.includes(part)))
}

/** @param {boolean} ok */
const outcome = ok => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 })

/**
 * @param {keyof typeof programs} program
 * @param {string[]} args
 */
async function step(program, args) {
  return outcome((await execute(program, args)) === 0)
}

async function types() {
  // The types of routes and page properties, which Next.js writes.
  if ((await execute('next', ['typegen'])) !== 0) return outcome(false)
  return step('tsc', ['--noEmit'])
}

/** @param {string} project */
async function vitest(project) {
  return reported(async file => {
    const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const code = await execute('vitest', args)
    const report = readReport(file)
    if (!report) return outcome(false)
    const counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    }
    return notGreener(code, counts)
  })
}

async function endToEnd() {
  const browser = await findBrowser()
  return reported(async file => {
    const code = await execute('playwright', ['test', '--reporter=list,json'], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      ...(browser ? { HINOMI_BROWSER: browser } : {}),
    })
    const report = readReport(file)
    if (!report) return outcome(false)
    const { expected, unexpected, flaky, skipped } = report.stats
    return notGreener(code, { passed: expected + flaky, failed: unexpected, skipped })
  })
}

/**
 * A runner also fails for what is no test: a file that does not load, an unhandled error.
 * @param {number} code
 * @param {Counts} counts
 */
function notGreener(code, counts) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/**
 * @param {(file: string) => Promise<Counts>} work is given a place for the runner's report
 */
async function reported(work) {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-report-'))
  try {
    return await work(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {keyof typeof programs} program
 * @param {string[]} args
 * @param {Record<string, string>} [extra]
 * @returns {Promise<number>}
 */
function execute(program, args, extra) {
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
 * @param {Record<string, string>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
function testEnv(extra) {
  const env = Object.entries(process.env).filter(([name]) => {
    if (['DATABASE_URL', 'DATABASE_READ_URL', 'PORT'].includes(name) || name.startsWith('NEXTAUTH_')) return false
    return !name.startsWith('HINOMI_') || kept.has(name)
  })
  // An empty DATABASE_URL counts as absent, and a .env file does not fill it in.
  return { ...Object.fromEntries(env), DATABASE_URL: '', NEXT_TELEMETRY_DISABLED: '1', ...extra, NODE_ENV: 'test' }
}
