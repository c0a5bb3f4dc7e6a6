import { closeDatabase, pool } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { jobAccess } from '../support/job'
import { cpuOfTree, serverProcess } from './cpu'
import { benchAccount, benchFinding } from './generate'

/** Imports many small reports with one loop in this process, and prints the seconds and the CPU time as JSON. */
const [reports = 0, records = 0, accounts = 0] = process.argv.slice(2).map(Number)
const access = jobAccess('bench')
const at = new Date(Date.now() - 3_600_000)

async function* body(n: number): AsyncGenerator<Buffer> {
  const lines = Array.from({ length: records }, (_, i) => benchFinding(n + (n * records + i) * accounts, accounts, at))
  yield Buffer.from(lines.join('\n'))
}

for (let n = 0; n < reports; n++) {
  await receiveImport(access, body(n % accounts), {
    source: null,
    account: benchAccount(n % accounts),
    coverage: 'complete',
    origin: 'api',
    fileName: null,
    observedAt: new Date(at.getTime() + n * 1000),
    force: true,
  })
}
const server = await serverProcess()
const before = cpuOfTree(server) ?? 0
const started = performance.now()
const cpu = process.cpuUsage()
const loop = new ImportLoop()
loop.start()
while (((await pool().query(`SELECT FROM import WHERE state IN ('queued', 'running') LIMIT 1`)).rowCount ?? 0) > 0)
  await new Promise(resolve => setTimeout(resolve, 50))
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
await loop.stop()
await closeDatabase()
process.stdout.write(
  `${JSON.stringify({ seconds, workerCpu: (user + system) / 1e6, databaseCpu: (cpuOfTree(server) ?? 0) - before })}\n`,
)
