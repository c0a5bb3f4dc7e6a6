import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { finished, pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { from as copyFrom } from 'pg-copy-streams'
import { z } from 'zod'
import { pool } from '../../lib/db'
import { worker } from '../../scripts/launch/settings.mjs'
import { benchAccount, benchFinding } from './generate'
import { programOf } from './program'

const run = promisify(execFile)
const Measured = z.object({
  id: z.number(),
  receiveSeconds: z.number(),
  runSeconds: z.number(),
  peakMegabytes: z.number(),
})
export type Measured = z.infer<typeof Measured> & { seconds: number }

interface Report {
  count: number
  accounts: number
  at: Date
  /** So many of a thousand differ from the others, and were checked at another time. */
  changed?: { ofThousand: number; at: Date }
}

/** Writes findings as one line each: the same bytes serve the import and the bare COPY. */
export async function writeReport(file: string, { count, accounts, at, changed }: Report): Promise<number> {
  const out = createWriteStream(file)
  let text = ''
  for (let n = 0; n < count; n++) {
    const differs = changed && n % 1000 < changed.ofThousand
    text += `${benchFinding(n, accounts, differs ? changed.at : at, differs ? 1 : 0)}\n`
    if (text.length > 1_000_000) {
      if (!out.write(text)) await new Promise<void>(resolve => out.once('drain', () => resolve()))
      text = ''
    }
  }
  out.end(text)
  await finished(out)
  return (await stat(file)).size
}

/** Writes a small report about an account that no other report names. */
export async function writeWarmUp(file: string): Promise<void> {
  const lines = Array.from({ length: 3000 }, (_, n) => benchFinding(n, 1, new Date('2026-11-01T00:00:00Z')))
  await writeFile(file, lines.join('\n').replaceAll(benchAccount(0), benchAccount(800_000_000_000)))
}

/** Seconds that a bare COPY of the file's lines into a table without an index takes. */
export async function bareCopy(file: string): Promise<number> {
  const client = await pool().connect()
  try {
    await client.query('DROP TABLE IF EXISTS bare; CREATE TABLE bare (line text)')
    const started = performance.now()
    await pipeline(
      createReadStream(file, { highWaterMark: 1024 * 1024 }),
      client.query(copyFrom('COPY bare FROM STDIN')),
    )
    const seconds = (performance.now() - started) / 1000
    await client.query('DROP TABLE bare')
    return seconds
  } finally {
    client.release()
  }
}

/** Imports a file completely in a process of its own. */
export async function importFile(warmUp: string, file: string, observedAt: Date): Promise<Measured> {
  const child = await programOf('import-child')
  const args = [...worker.args, child, warmUp, file, observedAt.toISOString()]
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...worker.env } })
  const measured = Measured.parse(JSON.parse(stdout))
  return { ...measured, seconds: measured.receiveSeconds + measured.runSeconds }
}

export async function countsOf(id: number): Promise<Record<string, number>> {
  const { rows } = await pool().query('SELECT read, created, updated, unchanged, resolved FROM import WHERE id = $1', [
    id,
  ])
  return rows[0]
}

export async function forget(file: string): Promise<void> {
  await rm(file, { force: true })
}
