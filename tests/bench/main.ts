import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeDatabase, pool } from '../../lib/db'
import { sumControlCounts } from '../../lib/store/counts/control-counts'
import { jobAccess } from '../support/job'
import { timeCollection } from './collection'
import { bareCopy, countsOf, forget, importFile, type Measured, writeReport, writeWarmUp } from './imports'
import { type PageTime, settleIn, timePages } from './pages'
import { timeWorkers } from './workers'

/**
 * npm run bench [-- SIZE... | workers | collection ACCOUNTS...]: sizes in findings; pages are timed at each from the second on, and
 * compared with the one before.
 */
const [part = '', ...numbers] = process.argv.slice(2)
const onlyWorkers = part === 'workers'
const onlyCollection = part === 'collection'
const given = onlyWorkers || onlyCollection ? [] : process.argv.slice(2).map(Number)
if (given.some(size => !Number.isInteger(size) || size < 100)) throw new Error('Sizes are whole numbers from 100.')
const sizes = given.length > 0 ? given : [10_000, 100_000, 1_000_000]
const PER_ACCOUNT = 1000
const DAY = 86_400_000
const first = new Date('2026-11-20T00:00:00Z')
const after = (days: number) => new Date(first.getTime() + days * DAY)
const warmUp = join(tmpdir(), `hinomi-bench-${process.pid}-warm-up.ndjson`)

/** Whole-file times that DefectDojo's project has published for the same size, on other hardware. */
const DEFECTDOJO = { findings: 10_000, first: 190, again: 26 }

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const whole = (n: number) => Math.round(n).toLocaleString('en')

async function empty(): Promise<void> {
  // Histories are append-only; those of the size before would be in the way of this one's.
  await pool().query(`ALTER TABLE finding_event DISABLE TRIGGER finding_event_append_only; TRUNCATE finding_event, chain_pending;
    ALTER TABLE finding_event ENABLE TRIGGER finding_event_append_only`)
  await pool().query(
    'TRUNCATE coverage, asset, check_state, entrance, web_acl, access_key, finding, sighting, feed, feed_control, control_result, finding_count, source_count, finding_period, control_delta, import, import_chunk, import_reject, account, snapshot, search_text',
  )
}

/** Many small reports with one worker, and large ones with one worker and with two. */
async function workers(): Promise<void> {
  await empty()
  const small = { reports: 500, records: 20, accounts: 100, from: 0 }
  const { seconds, cpuSeconds } = await timeWorkers(1, small)
  print('\n500 reports of 20 records in 100 accounts, one worker')
  print('| seconds | expected on an idle machine with 2 cores | CPU time a report |')
  print('|---:|---:|---:|')
  print(`| ${seconds.toFixed(1)} | under 60 | ${((cpuSeconds / small.reports) * 1000).toFixed(0)} ms |`)
  const large = { reports: 4, records: 20_000, accounts: 4, from: 0 }
  const records = large.reports * large.records
  print(`\n${large.reports} reports of ${whole(large.records)} records in ${large.accounts} accounts`)
  print('| workers | seconds | CPU time a record, worker and database | times that of one worker |')
  print('|---:|---:|---:|---:|')
  await empty()
  const one = await timeWorkers(1, large)
  await empty()
  const two = await timeWorkers(2, large)
  for (const [n, spent] of [one, two].entries()) {
    const each = ((spent.cpuSeconds / records) * 1e6).toFixed(0)
    print(`| ${n + 1} | ${spent.seconds.toFixed(1)} | ${each} µs | ${(spent.cpuSeconds / one.cpuSeconds).toFixed(2)} |`)
  }
  print(
    `\nOne worker takes ${(one.seconds / two.seconds).toFixed(2)} times as long as two (1.5 or more expected with four cores).`,
  )
}

/** Full rounds over simulated organizations of so many accounts. */
async function collection(sizes: readonly number[]): Promise<void> {
  print(
    '\nA full round over simulated accounts with 17 Regions, 300 resources and 1,000 findings each, 100 ms an answer',
  )
  print(
    '| accounts | minutes | CPU time of the worker | peak memory | calls | throttled | above the limits | findings | resources | cells not read |',
  )
  print('|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|')
  for (const accounts of sizes) {
    await empty()
    await pool().query('TRUNCATE connection, collection_round, collection_task, coverage, asset, check_run CASCADE')
    const { seconds, peakMegabytes, cpuSeconds, calls, findings, resources, unread } = await timeCollection(accounts)
    const sum = (of: (count: (typeof calls)[number]) => number) =>
      whole(calls.reduce((all, count) => all + of(count), 0))
    const cells = unread.map(({ state, cells }) => `${whole(cells)} ${state}`).join(', ')
    print(
      `| ${accounts} | ${(seconds / 60).toFixed(1)} | ${whole(cpuSeconds)} s | ${whole(peakMegabytes)} MB | ${sum(c => c.calls)} | ${sum(c => c.throttled)} | ${sum(c => c.overLimit)} | ${whole(findings)} | ${whole(resources)} | ${cells} |`,
    )
  }
}

async function measure(count: number): Promise<{ accounts: number; file: string }> {
  const accounts = Math.max(1, Math.round(count / PER_ACCOUNT))
  const file = join(tmpdir(), `hinomi-bench-${process.pid}-${count}.ndjson`)
  await empty()
  const bytes = await writeReport(file, { count, accounts, at: first })
  await bareCopy(file)
  const copies = [await bareCopy(file)]
  const created = await importFile(warmUp, file, first)
  const same = await importFile(warmUp, file, after(1))
  await writeReport(file, { count, accounts, at: first, changed: { ofThousand: 10, at: after(2) } })
  const changed = await importFile(warmUp, file, after(2))
  await writeReport(file, { count, accounts, at: after(3) })
  const again = await importFile(warmUp, file, after(3))
  copies.push(await bareCopy(file))
  await sumControlCounts(jobAccess('bench'))
  const copy = copies.reduce((sum, seconds) => sum + seconds, 0) / copies.length
  print(`\n${whole(count)} findings in ${whole(accounts)} accounts, ${whole(bytes / 1e6)} MB`)
  print('| | seconds | findings/s | of bare COPY | peak memory |')
  print('|---|---:|---:|---:|---:|')
  print(`| bare COPY of the same rows and bytes | ${copy.toFixed(2)} | ${whole(count / copy)} | 1.00 | |`)
  const row = async (name: string, run: Measured, wanted: Record<string, number>) => {
    const counts = await countsOf(run.id)
    for (const [key, n] of Object.entries(wanted))
      if (counts[key] !== n) throw new Error(`${name}: ${JSON.stringify(counts)}`)
    const { seconds, peakMegabytes } = run
    print(
      `| ${name} | ${seconds.toFixed(2)} | ${whole(count / seconds)} | ${(copy / seconds).toFixed(2)} | ${whole(peakMegabytes)} MB |`,
    )
  }
  const onePercent = count / 100
  await row('first import', created, { created: count })
  await row('identical complete re-import', same, { unchanged: count })
  await row('complete re-import, 1% changed', changed, { updated: onePercent, unchanged: count - onePercent })
  await row('complete re-import, every record checked again since', again, { updated: onePercent })
  if (count === DEFECTDOJO.findings) {
    print(`| DefectDojo, as published: first import | ${DEFECTDOJO.first} | ${whole(count / DEFECTDOJO.first)} | | |`)
    print(
      `| DefectDojo, as published: identical re-import | ${DEFECTDOJO.again} | ${whole(count / DEFECTDOJO.again)} | | |`,
    )
  }
  return { accounts, file }
}

/** Page times alone, and while a report of all findings is imported. */
async function pages(count: number, accounts: number, file: string, before: PageTime[]): Promise<PageTime[]> {
  const owner = await settleIn()
  const { times, scans } = await timePages(accounts, owner, 'alone')
  await writeReport(file, { count, accounts, at: after(4) })
  const importing = importFile(warmUp, file, after(4))
  const busy = (await timePages(accounts, owner, 'importing')).times
  await importing
  print(`\nServer time of pages at ${whole(count)} findings`)
  print('| page | p50 | p95 | p95 while importing | p95, times that of the size before |')
  print('|---|---:|---:|---:|---:|')
  for (const { page, p50, p95 } of times) {
    const during = busy.find(each => each.page === page)?.p95
    const small = before.find(each => each.page === page)?.p95
    print(
      `| ${page} | ${p50.toFixed(1)} ms | ${p95.toFixed(1)} ms | ${during?.toFixed(1) ?? ''} ms | ${small ? (p95 / small).toFixed(2) : ''} |`,
    )
  }
  print(`\nSequential scans of findings in all of these: ${scans}`)
  if (scans > 0) process.exitCode = 1
  return times
}

await writeWarmUp(warmUp)
let before: PageTime[] = []
if (onlyCollection) await collection(numbers.length > 0 ? numbers.map(Number) : [100, 300])
else await workers()
for (const [n, size] of onlyWorkers || onlyCollection ? [] : sizes.entries()) {
  const { accounts, file } = await measure(size)
  if (n > 0 || sizes.length === 1) before = await pages(size, accounts, file, before)
  await forget(file)
}
await forget(warmUp)
await closeDatabase()
