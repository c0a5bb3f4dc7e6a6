import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

/** The lines that a process of its own writes for this code. */
function logged(code: string): string[] {
  const script = `const { log } = await import('./lib/log.ts'); ${code}`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const env = { ...process.env, HINOMI_LOG_LEVEL: 'info' }
  return execFileSync(process.execPath, args, { cwd: fromRoot(), encoding: 'utf8', env }).trimEnd().split('\n')
}

test('each entry is one line of JSON with its time in UTC, whatever it contains', () => {
  const lines = logged('log.warn({ name: \'a\\nb\\r\\u2028{"level":60}\' }, \'refused\\n{"level":60}\')')
  expect(lines).toHaveLength(1)
  const entry = JSON.parse(lines[0] ?? '')
  expect(entry).toMatchObject({ level: 40, name: 'a\nb\r\u2028{"level":60}', msg: 'refused\n{"level":60}' })
  expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('secrets are removed by their names', () => {
  const names = ['password', 'token', 'authorization', 'secret', 'cookie']
  const text = logged(
    `for (const name of ${JSON.stringify(names)}) log.info({ [name]: 'hunter2', deep: { [name]: 'hunter2' } })`,
  )
  expect(text).toHaveLength(names.length)
  expect(text.join()).not.toContain('hunter2')
})

test('an error is written without the database connection that hangs on it', () => {
  const lines = logged(`
    const error = Object.assign(new Error('terminating connection'), { code: '57P01', client: { secretKey: 1146020377 } })
    log.error({ err: error }, 'broke')
    log.error({ err: { ...error, message: error.message } }, 'broke')`)
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ err: { message: 'terminating connection', code: '57P01' } })
    expect(line).not.toContain('1146020377')
  }
})
