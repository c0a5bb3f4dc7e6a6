import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'

export interface Product {
  origin: string
  output: () => string
  stop: () => Promise<void>
}

/** The whole product, started with the same command as by a person, on the given database. */
export async function startProduct(
  databaseUrl: string,
  administrator: { email: string; password: string },
): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-product-'))
  const port = await freePort()
  const launcher = spawn(process.execPath, [fromRoot('scripts/start.mjs')], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      HINOMI_DATA_DIR: dataDir,
      HINOMI_ADMIN_EMAIL: administrator.email,
      HINOMI_ADMIN_PASSWORD: administrator.password,
      PORT: String(port),
      npm_lifecycle_event: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>(done => launcher.once('exit', () => done()))
  const stop = async () => {
    launcher.kill('SIGTERM')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  }
  const output = collect(launcher)
  const ready = await new Promise<boolean>(done => {
    launcher.stdout?.on('data', () => {
      if (output().includes('is ready at')) done(true)
    })
    void ended.then(() => done(false))
  })
  if (ready) return { origin: `http://localhost:${port}`, output, stop }
  await stop()
  throw new Error(`The product did not start:\n${output()}`)
}

function collect(launcher: ChildProcess): () => string {
  let output = ''
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.on('data', chunk => {
      output = (output + chunk).slice(-50_000)
    })
  }
  return () => output
}
