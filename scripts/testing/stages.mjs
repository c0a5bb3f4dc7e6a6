import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { build } from '../launch/build.mjs'
import { root } from '../launch/paths.mjs'
import { findBrowser } from './browser.mjs'
import { runTool } from './tools.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Counts `failures` names tests. */

/** @typedef {{ ok: boolean, title: string, tests: { results: { error?: { message?: string } }[] }[] }} Spec */
/** @typedef {{ file: string, specs: Spec[], suites?: Suite[] }} Suite part of a report of Playwright */

/**
 * The stages of the requested parts of the tests, in order.
 * @param {string[]} parts
 * @param {string[]} [rest] files and options for the test runner
 * @returns {{ name: string, run: () => Promise<Counts> }[]}
 */
export function stagesOf(parts, rest = []) {
  return [
    { part: ['static', 'lint'], name: 'format and lint', run: () => step('biome', ['check', '--error-on-warnings']) },
    { part: ['static', 'typecheck'], name: 'types', run: types },
    { part: ['static', 'lint'], name: 'unused code (knip)', run: () => step('knip', []) },
    { part: 'unit', name: 'unit tests', run: () => vitest('unit', rest) },
    { part: 'integration', name: 'integration tests', run: () => vitest('integration*', rest) },
    { part: ['e2e', 'api', 'chaos'], name: 'build', run: () => build().then(() => outcome(true)) },
    { part: 'e2e', name: 'end-to-end tests', run: () => endToEnd(rest) },
    { part: 'api', name: 'the API against its document', run: () => vitest('api', rest) },
    { part: 'chaos', name: 'processes killed, full and read-only disk', run: () => vitest('chaos', rest) },
  ].filter(stage => [stage.part].flat().some(part => parts.includes(part)))
}

/** @param {boolean} ok */
const outcome = ok => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 })

/**
 * @param {Parameters<typeof runTool>[0]} program
 * @param {string[]} args
 */
async function step(program, args) {
  return outcome((await runTool(program, args)) === 0)
}

async function types() {
  // Next.js generates the types of routes and page props.
  if ((await runTool('next', ['typegen'])) !== 0) return outcome(false)
  return step('tsc', ['--noEmit'])
}

/**
 * @param {string} project
 * @param {string[]} rest
 */
async function vitest(project, rest) {
  return reported(async file => {
    const args = [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...rest,
    ]
    const code = await runTool('vitest', args)
    const report = readReport(file)
    if (!report) return outcome(false)
    const counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
      failures: report.testResults.flatMap(failuresOfFile),
    }
    return notGreener(code, counts)
  })
}

/** @param {string[]} rest */
async function endToEnd(rest) {
  const browser = await findBrowser()
  return reported(async file => {
    const code = await runTool('playwright', ['test', '--reporter=list,json', ...rest], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      ...(browser ? { HINOMI_BROWSER: browser } : {}),
    })
    const report = readReport(file)
    if (!report) return outcome(false)
    const { expected, unexpected, flaky, skipped } = report.stats
    const failures = report.suites.flatMap(failuresOfSuite)
    return notGreener(code, { passed: expected + flaky, failed: unexpected, skipped, failures })
  })
}

/**
 * The failed tests of a file in the report of Vitest, or the file itself if it did not load.
 * @param {{ name: string, status: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages?: string[] }[] }} file
 */
function failuresOfFile({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter(test => test.status === 'failed')
  const place = relative(root, name)
  if (failed.length === 0) return status === 'failed' ? [place + reason(message)] : []
  return failed.map(test => `${place} > ${test.fullName}${reason(test.failureMessages?.[0])}`)
}

/**
 * The failed tests of a suite in the report of Playwright.
 * @param {Suite} suite
 * @returns {string[]}
 */
function failuresOfSuite({ file, specs, suites = [] }) {
  const failed = specs.filter(spec => !spec.ok)
  const errors = (/** @type {Spec} */ spec) => spec.tests.flatMap(test => test.results.map(each => each.error?.message))
  return [
    ...failed.map(spec => `${file} > ${spec.title}${reason(errors(spec).find(Boolean))}`),
    ...suites.flatMap(failuresOfSuite),
  ]
}

/**
 * The beginning of an error, on lines of its own: a log of CI is often cut to its end.
 * @param {string} [message]
 */
function reason(message) {
  const lines = stripVTControlCharacters(message ?? '').split('\n')
  const said = lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('at '))
  return said
    .slice(0, 8)
    .map(line => `\n    ${line.slice(0, 200)}`)
    .join('')
}

/**
 * A runner can also fail without a failed test: a file does not load, or an error is unhandled.
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
 * @param {(file: string) => Promise<Counts>} work gets the path for the runner's report
 */
async function reported(work) {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-report-'))
  try {
    return await work(join(folder, 'report.json'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
