import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run, startedAt } from '../../scripts/launch/process.mjs'

const folder = mkdtempSync(join(tmpdir(), 'hinomi-tool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A build that never ends, with a process of its own below it; the latter notes its number. */
function endlessBuild(note: string) {
  const inner = `require('fs').writeFileSync(${JSON.stringify(note)}, String(process.pid)); setInterval(() => {}, 1000)`
  return [
    '-e',
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(inner)}]); setInterval(() => {}, 1000)`,
  ]
}

const notedPid = (note: string) =>
  vi.waitFor(
    () => {
      const pid = Number(readFileSync(note, 'utf8'))
      expect(pid).toBeGreaterThan(0)
      return pid
    },
    { timeout: 20_000 },
  )
const isGone = (pid: number) => expect.poll(() => startedAt(pid), { timeout: 20_000 }).toBeNull()

test('a build ends with a launcher that is killed', async () => {
  const note = join(folder, 'killed')
  const options = JSON.stringify({ what: 'the build', leashed: true })
  const module = JSON.stringify(pathToFileURL(fromRoot('scripts/launch/process.mjs')).href)
  const code = `import(${module}).then(({ run }) => run(process.execPath, ${JSON.stringify(endlessBuild(note))}, ${options}))`
  const launcher = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
  const pid = await notedPid(note)
  launcher.kill('SIGKILL')
  await once(launcher, 'exit')
  await isGone(pid)
})

test('a build ends when its launcher is stopped', async () => {
  const note = join(folder, 'stopped')
  const stop = new AbortController()
  const build = run(process.execPath, endlessBuild(note), { what: 'the build', leashed: true, signal: stop.signal })
  const pid = await notedPid(note)
  stop.abort()
  await expect(build).rejects.toThrow()
  await isGone(pid)
})

test.each([
  ['process.exit(3)', 'the build failed (exit code 3)'],
  ['process.kill(process.pid, "SIGTERM")', 'the build failed (SIGTERM)'],
])('the failure of %s is named as without the leash', async (code, message) => {
  const build = (leashed: boolean) => run(process.execPath, ['-e', code], { what: 'the build', leashed })
  await expect(build(true)).rejects.toThrow(message)
  await expect(build(false)).rejects.toThrow(message)
})

test('the output of a build is returned', async () => {
  expect(await run(process.execPath, ['-e', 'console.log(1)'], { what: 'it', quiet: true, leashed: true })).toBe('1\n')
})
