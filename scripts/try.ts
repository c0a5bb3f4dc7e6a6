import { createReadStream } from 'node:fs'
import { jobAccess } from '/work/main/lib/access/job'
import { closeDatabase, pool } from '/work/main/lib/db'
import { receiveImport } from '/work/main/lib/ingest/receive'
import { runImport } from '/work/main/lib/ingest/run'

const a = jobAccess('try')
for (const f of process.argv.slice(2)) {
  const complete = process.env.COMPLETE === '1'
  const t0 = performance.now()
  const r = await receiveImport(a, createReadStream(f, { highWaterMark: 1 << 20 }), {
    source: null,
    coverage: complete ? 'complete' : 'partial',
    origin: 'command',
    fileName: f,
    observedAt: null,
    force: true,
  })
  const t1 = performance.now()
  await runImport(a, r.id)
  const t2 = performance.now()
  const { rows } = await pool().query(
    'select state, read, accepted, rejected, created, updated, unchanged, reopened, resolved, passed, error, held_back from import where id=$1',
    [r.id],
  )
  console.log(
    f.split('/').pop(),
    Math.round(t1 - t0),
    Math.round(t2 - t1),
    JSON.stringify(rows[0]),
    Math.round(process.memoryUsage().rss / 1e6),
  )
}
await closeDatabase()
