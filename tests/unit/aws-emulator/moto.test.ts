import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { fromRoot } from '../../../scripts/launch/paths.mjs'
import { START_MS } from '../../support/aws/testing'

const MODULE = pathToFileURL(fromRoot('tests/support/aws/moto/moto.ts')).href
const START = `import('${MODULE}').then(({ startMoto }) => startMoto()).then(moto => console.log(JSON.stringify(moto)))`

/** Null while the port answers, else the reason. */
const refusalOf = (port: number) =>
  fetch(`http://127.0.0.1:${port}/moto-api/`).then(
    () => null,
    error => error.cause?.code,
  )

test('moto ends with the process that started it, even if that is killed', { timeout: START_MS }, async ({ skip }) => {
  const owner = spawn(process.execPath, ['--import', 'tsx', '-e', START], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { port, missing } = JSON.parse(String((await once(owner.stdout, 'data'))[0]))
  if (missing) return skip(`skipped: no moto: ${missing}`)
  expect(await refusalOf(port)).toBeNull()
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  for (let tries = 0; tries < 100 && (await refusalOf(port)) !== 'ECONNREFUSED'; tries++) await sleep(100)
  expect(await refusalOf(port)).toBe('ECONNREFUSED')
})
