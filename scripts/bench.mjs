// npm run bench: times of imports and pages, as ratios to a plain COPY of the same bytes in the same run.
// npm run bench -- workers: only the measurements of many small reports, and of one and two workers.
// npm run bench -- web: CPU time of a page with one and with two web servers.
// npm run bench -- collection [ACCOUNTS...]: full rounds over simulated organizations of so many accounts, 100 and 300 if none are given.
// npm run bench -- start: times of a first and a warm start of the whole product.
import { spawn } from 'node:child_process'
import { prepare } from './launch/install.mjs'
import { fromRoot, root } from './launch/paths.mjs'
import { runMain, say } from './launch/report.mjs'

await runMain(async () => {
  if (process.argv[2] === 'start') return benchStart()
  if (process.argv[2] === 'web') return benchWeb()
  await prepare({ development: true })
  const { startThrowaway } = await import('./launch/throwaway.mjs')
  const { typescript } = await import('./launch/settings.mjs')
  const { run } = await import('./launch/process.mjs')
  const server = await startThrowaway({ durable: true })
  try {
    const url = await server.create('hinomi_bench')
    const env = {
      ...process.env,
      DATABASE_URL: url,
      BENCH_ADMIN_URL: server.admin,
      HINOMI_SECRET: 'only-for-measuring-not-for-people',
      HINOMI_LOG_LEVEL: 'warn',
      HINOMI_MAX_IMPORT_MB: '8192',
    }
    await run(process.execPath, [fromRoot('scripts/migrate.mjs')], { what: 'Migrating', quiet: true, env })
    const child = spawn(process.execPath, [...typescript, fromRoot('tests/bench/main.ts'), ...process.argv.slice(2)], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
    return await new Promise((done, fail) => {
      child.once('error', fail)
      child.once('exit', code => done(code ?? 1))
    })
  } finally {
    await server.stop()
  }
})

async function benchStart() {
  const { measureStarts } = await import('./bench/start.mjs')
  say(`Starting a fresh copy of this clone twice, on Node.js ${process.version}; this takes some minutes.`)
  const lines = [
    '| from npm start to /api/health ok | seconds | expected on an idle machine with 2 cores |',
    '|---|---:|---:|',
  ]
  for (const { name, seconds, wanted } of await measureStarts())
    lines.push(`| ${name} | ${seconds.toFixed(1)} | under ${wanted} |`)
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

async function benchWeb() {
  const { measureWebServers } = await import('./bench/web.mjs')
  say('Starting the product with one web server and with two; the first start builds it.')
  const measured = await measureWebServers()
  const [one] = measured
  const lines = ['| web servers | pages/s | CPU time a page | times that of one |', '|---:|---:|---:|---:|']
  for (const { processes, seconds, cpuSeconds, pages } of measured) {
    const each = `${((cpuSeconds / pages) * 1000).toFixed(1)} ms`
    const times = (cpuSeconds / (one?.cpuSeconds ?? 0)).toFixed(2)
    lines.push(`| ${processes} | ${(pages / seconds).toFixed(0)} | ${each} | ${times} |`)
  }
  const [first, second] = measured.map(each => each.seconds)
  lines.push(
    '',
    `One takes ${((first ?? 0) / (second ?? 1)).toFixed(2)} times as long as two (1.5 or more expected with four cores).`,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}
