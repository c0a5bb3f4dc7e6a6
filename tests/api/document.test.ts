import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { Product } from '../chaos/product'
import { pythonTool } from '../tools/python'
import { readExchanges, statusTable } from './exchanges'

/** How many requests are made up; `npm test -- api` makes a few hundred, HINOMI_API_CASES=3000 all kinds of them. */
const CASES = Number(process.env.HINOMI_API_CASES ?? 300)
const OPERATIONS = 31
/** Half of the requests of a long run try out each keyword of the document once; the number of those is given by the document. */
const isLong = CASES >= 2_000
const RUN_MS = isLong ? 3_600_000 : 600_000
/** Below what a token may send, so that no answer is hidden behind a 429. */
const RATE = '18/s'
const SEEDS = ['asff', 'ocsf', 'guardduty', 'inspector', 'prowler-native', 'trusted-advisor']

const results = fromRoot('test-results/api')
let product: Product
let token = ''

beforeAll(async () => {
  mkdirSync(results, { recursive: true })
  product = await Product.start('api')
  const printed = await product.command('token', 'create', '--name', 'api', '--role', 'admin')
  token = printed.trim().split('\n').at(-1) ?? ''
  for (const name of SEEDS) {
    const answer = await fetch(`${product.url}/api/v1/imports?wait=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: readFileSync(fromRoot(`tests/fixtures/seeds/${name}.json`)),
    })
    expect(answer.status, name).toBe(200)
  }
}, 300_000)
afterAll(async () => {
  await product?.remove()
}, 120_000)

test('the running product gives its document to anyone', async () => {
  const answer = await fetch(`${product.url}/api/v1/openapi.json`)
  const { openapi, paths } = (await answer.json()) as { openapi: string; paths: Record<string, object> }
  expect(openapi).toBe('3.1.0')
  expect(Object.values(paths).flatMap(Object.keys)).toHaveLength(OPERATIONS)
})

// https://schemathesis.readthedocs.io
test(
  'Schemathesis finds nothing that the document does not say',
  async ({ skip }) => {
    const tool = await pythonTool('st')
    if ('missing' in tool) return skip(tool.missing)
    const [har, report] = [join(results, 'exchanges.har'), join(results, 'report.json')]
    const code = await schemathesis(tool.program, [
      ...['--phases', isLong ? 'examples,coverage,fuzzing,stateful' : 'fuzzing'],
      // Operations without parameters run out of different requests, which the others make up for.
      ...['--max-examples', String(Math.ceil((CASES / OPERATIONS) * 1.25))],
      ...(isLong ? [] : ['--seed', '1']),
      ...['--report', 'har,json', '--report-har-path', har, '--report-json-path', report],
    ])
    const output = readFileSync(join(results, 'schemathesis.log'), 'utf8')
    const exchanges = readExchanges(har)
    process.stdout.write(`${[`${exchanges.length} requests`, ...statusTable(exchanges)].join('\n')}\n`)
    expect(output).not.toMatch(/^- ST\d+/m)
    expect(code, output.slice(-4_000)).toBe(0)
    expect(exchanges.length).toBeGreaterThanOrEqual(CASES)
    expect(exchanges.filter(({ hasToken, status }) => hasToken && status === 429)).toEqual([])
  },
  RUN_MS,
)

function schemathesis(program: string, args: string[]): Promise<number | null> {
  const fixed = ['--continue-on-failure', '--no-color', '--rate-limit', RATE, '--request-timeout', '60']
  const header = ['-H', `Authorization: Bearer ${token}`, '--output-sanitize', 'true']
  const child = spawn(program, ['run', `${product.url}/api/v1/openapi.json`, ...fixed, ...header, ...args], {
    cwd: results,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(join(results, 'schemathesis.log'))
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false })
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', code => log.end(() => done(code)))
  })
}
