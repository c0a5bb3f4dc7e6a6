// npm test: all tests, also on a fresh clone. npm test -- unit | integration | e2e | api | chaos | static | lint | typecheck: one part.
// Further arguments are passed to the runner of the part: npm test -- unit tests/unit/score.test.ts
import { prepare } from './launch/install.mjs'
import { LaunchError, runMain, say } from './launch/report.mjs'

const everything = ['static', 'unit', 'integration', 'e2e', 'api', 'chaos']
const parts = [...everything, 'lint', 'typecheck']
const withRunner = ['unit', 'integration', 'e2e', 'api', 'chaos']

await runMain(async () => {
  const args = process.argv.slice(2)
  const end = args.findIndex(arg => /^-|[./]/.test(arg))
  const asked = end < 0 ? args : args.slice(0, end)
  const rest = end < 0 ? [] : args.slice(end)
  const unknown = asked.find(part => !parts.includes(part))
  if (unknown) throw new LaunchError(`Unknown test part "${unknown}". Parts: ${parts.join(', ')}.`)
  if (rest.length > 0 && !(asked.length === 1 && withRunner.includes(asked[0] ?? '')))
    throw new LaunchError(`Files and options follow one of ${withRunner.join(', ')}: npm run test:unit -- FILE`)
  await prepare({ development: true })
  const { installHooks } = await import('./launch/hooks.mjs')
  if (!process.env.CI) await installHooks()
  const { stagesOf } = await import('./testing/stages.mjs')
  const { beginInstallingPythonTools } = await import('./testing/tools.mjs')
  if (asked.length === 0) beginInstallingPythonTools()
  const total = { passed: 0, failed: 0, skipped: 0 }
  const summary = []
  /** @type {string[]} */
  const failures = []
  for (const { name, run } of stagesOf(asked.length > 0 ? asked : everything, rest)) {
    say(`── ${name}`)
    const began = Date.now()
    const counts = await run().catch(error => {
      say(error instanceof LaunchError ? error.message : String(error.stack))
      return { passed: 0, failed: 1, skipped: 0, failures: [name] }
    })
    // A stage without any tests must not pass.
    if (counts.passed + counts.failed === 0) counts.failed = 1
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
    failures.push(...(counts.failures ?? []))
    summary.push(`${counts.failed > 0 ? 'FAILED' : 'ok    '} ${name} (${Math.round((Date.now() - began) / 1000)} s)`)
  }
  for (const line of summary) say(line)
  for (const name of failures) say(`failed: ${name}`)
  if (total.skipped > 0) say(`${total.skipped} skipped`)
  await new Promise(done => {
    process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`, done)
  })
  return total.failed > 0 ? 1 : 0
})
