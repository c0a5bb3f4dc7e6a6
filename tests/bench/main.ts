import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeDatabase, pool } from '../../lib/db'
import { bareCopy, countsOf, forget, importFile, type Measured, writeReport, writeWarmUp } from './imports'
import { settleIn, timePages } from './pages'

/** npm run bench [-- SIZE...]: sizes in findings, 10,000 and 200,000 by default; pages are timed at the last. */
const sizes = process.argv.slice(2).map(Number)
if (sizes.some(size => !Number.isInteger(size) || size < 100)) throw new Error('Sizes are whole numbers from 100.')
const PER_ACCOUNT = 1000
const DAY = 86_400_000
const first = new Date('2026-11-20T00:00:00Z')
const warmUp = join(tmpdir(), `hinomi-bench-${process.pid}-warm-up.ndjson`)

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function measure(count: number): Promise<number> {
  const accounts = Math.max(1, Math.round(count / PER_ACCOUNT))
  const file = join(tmpdir(), `hinomi-bench-${process.pid}-${count}.ndjson`)
  await pool().query(
    'TRUNCATE finding, sighting, feed, control_result, finding_count, control_delta, import, import_chunk, import_reject, account, snapshot',
  )
  const bytes = await writeReport(file, count, accounts, first)
  await bareCopy(file)
  const copies = [await bareCopy(file)]
  const created = await importFile(warmUp, file, first)
  const same = await importFile(warmUp, file, new Date(first.getTime() + DAY))
  const rechecked = new Date(first.getTime() + 2 * DAY)
  await writeReport(file, count, accounts, rechecked)
  const again = await importFile(warmUp, file, rechecked)
  await writeReport(file, count, accounts, new Date(first.getTime() + 3 * DAY), 10)
  const changed = await importFile(warmUp, file, new Date(first.getTime() + 3 * DAY))
  copies.push(await bareCopy(file))
  await forget(file)
  const copy = copies.reduce((sum, seconds) => sum + seconds, 0) / copies.length
  print(`\n${count.toLocaleString('en')} findings in ${accounts} accounts, ${(bytes / 1e6).toFixed(0)} MB`)
  print('| | seconds | findings/s | of bare COPY | peak memory |')
  print('|---|---:|---:|---:|---:|')
  print(
    `| bare COPY of the same rows and bytes | ${copy.toFixed(2)} | ${Math.round(count / copy).toLocaleString('en')} | 1.00 | |`,
  )
  const row = async (name: string, run: Measured, moved: string) => {
    const counts = await countsOf(run.id)
    if (counts[moved] !== count && moved !== 'updated') throw new Error(`${name}: ${JSON.stringify(counts)}`)
    print(
      `| ${name} | ${run.seconds.toFixed(2)} | ${Math.round(count / run.seconds).toLocaleString('en')} | ${(copy / run.seconds).toFixed(2)} | ${Math.round(run.peakMegabytes)} MB |`,
    )
  }
  await row('first import', created, 'created')
  await row('identical complete re-import', same, 'unchanged')
  await row('re-import, every record re-checked since', again, 'unchanged')
  await row('re-import, 1 % changed', changed, 'updated')
  return accounts
}

await writeWarmUp(warmUp)
let accounts = 0
for (const size of sizes.length > 0 ? sizes : [10_000, 200_000]) accounts = await measure(size)
await forget(warmUp)
const owner = await settleIn()
print('\nServer time of pages at that size')
print('| page | p50 | p95 |')
print('|---|---:|---:|')
const { times, scans } = await timePages(accounts, owner)
for (const { page, p50, p95 } of times) print(`| ${page} | ${p50.toFixed(1)} ms | ${p95.toFixed(1)} ms |`)
print(`\nSequential scans of findings in all of these: ${scans}`)
await closeDatabase()
if (scans > 0) process.exitCode = 1
