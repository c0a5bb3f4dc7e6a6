import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startChild } from '../../scripts/launch/child.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'

const folder = mkdtempSync(join(tmpdir(), 'hinomi-web-group-'))
const patient = { timeout: 60_000, interval: 50 }
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Two processes of a server that does this once it is asked, and answers with its number. */
async function group(code: string) {
  const port = await freePort()
  const program = join(folder, `${port}.mjs`)
  const server = `createServer((request, response) => { ${code}; response.end(String(process.pid)) })`
  writeFileSync(
    program,
    `import { createServer } from 'node:http'; ${server}.listen(Number(process.argv[2]), '127.0.0.1')`,
  )
  const child = startChild('web', [fromRoot('scripts/launch/web-group.mjs'), '2', program, String(port)], process.env)
  stops.push(() => child.stop(AbortSignal.abort()))
  return { child, port }
}

/** Keeps a process busy, so that the next request goes to another one. */
const BUSY = 'for (const end = Date.now() + 30; Date.now() < end; );'

/** The processes that answer several requests at a time, each on a connection of its own. */
async function answering(port: number): Promise<number[]> {
  const init = () => ({ headers: { connection: 'close' }, signal: AbortSignal.timeout(10_000) })
  const asked = Array.from({ length: 12 }, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}`, init()).catch(() => null)
    return answer ? Number(await answer.text()) : null
  })
  return [...new Set((await Promise.all(asked)).filter(pid => pid !== null))]
}

/** Both processes of a group, once two other than this one have answered. */
async function pair(port: number, except = 0): Promise<number[]> {
  const seen = new Set<number>()
  const others = async () => {
    for (const pid of await answering(port)) if (pid !== except) seen.add(pid)
    return seen.size
  }
  await expect.poll(others, patient).toBe(2)
  return [...seen]
}

test('several web servers share one port, and one that dies is started again', async () => {
  const { child, port } = await group(BUSY)
  const [first = 0, second = 0] = await pair(port)
  process.kill(first, 'SIGKILL')
  expect(await pair(port, first)).toContain(second)
  stops.length = 0
  await child.stop(new AbortController().signal)
  expect(await child.exited).toBe('exit code 0')
  expect(await answering(port)).toEqual([])
}, 200_000)
