import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { withLock } from './lock.mjs'
import { fromRoot } from './paths.mjs'
import { isFree } from './ports.mjs'
import { LaunchError, say } from './report.mjs'
import { listenHost, wantedPort } from './settings.mjs'

const FIRST_PORT = 3000
const HEALTHY_WITHIN_MS = 120_000

/**
 * Starts the web server and waits until it answers.
 * @param {{ dev: boolean, stop: AbortSignal, force: AbortSignal, env: (port: number) => Promise<NodeJS.ProcessEnv> }} options
 */
export async function startWeb(options) {
  const wanted = wantedPort()
  if (wanted) {
    await requireFree(wanted)
    return startOn(wanted, options)
  }
  // One at a time, else two starts would find the same port free.
  return withLock(join(tmpdir(), `hinomi-${userInfo().uid}-port`), async () => {
    const port = await firstFree()
    if (port !== FIRST_PORT) say(`Port ${FIRST_PORT} is in use; taking ${port}. Set PORT to choose another.`)
    return startOn(port, options)
  })
}

/**
 * @param {number} port
 * @param {Parameters<typeof startWeb>[0]} options
 */
async function startOn(port, { dev, stop, force, env }) {
  stop.throwIfAborted()
  const host = listenHost()
  const next = fromRoot('node_modules/next/dist/bin/next')
  const args = [next, dev ? 'dev' : 'start', '-p', String(port), ...(host ? ['-H', host] : [])]
  const web = startChild('web', args, await env(port))
  try {
    await healthy(`http://${addressFor(host)}:${port}/api/health`, web, stop)
  } catch (error) {
    await web.stop(force)
    throw error
  }
  return { ...web, port }
}

/**
 * @param {string} url
 * @param {import('./child.mjs').Child} web
 * @param {AbortSignal} stop
 */
async function healthy(url, web, stop) {
  const ended = web.exited.then(end => {
    throw new LaunchError(`The web server ended before it answered (${end}).`)
  })
  let last = 'no answer'
  for (const began = Date.now(); Date.now() - began < HEALTHY_WITHIN_MS; ) {
    stop.throwIfAborted()
    const asked = fetch(url, { signal: AbortSignal.timeout(30_000) }).then(
      response => (response.ok ? 'healthy' : `status ${response.status}`),
      error => String(error.cause?.message ?? error.message),
    )
    last = await Promise.race([asked, ended])
    if (last === 'healthy') return
    await Promise.race([sleep(150), ended])
  }
  throw new LaunchError(`The web server does not answer at ${url} (${last}).`)
}

/** @param {string | undefined} host */
function addressFor(host) {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

async function firstFree() {
  for (let port = FIRST_PORT; port < FIRST_PORT + 1000; port++) {
    if (await isFree(port, listenHost())) return port
  }
  throw new LaunchError('No port from 3000 on is free. Set PORT.')
}

/**
 * Waits a moment: a server that was told to stop just before may still be closing.
 * @param {number} port
 */
async function requireFree(port) {
  for (let attempt = 0; attempt < 15; attempt++) {
    if (await isFree(port, listenHost())) return
    await sleep(200)
  }
  throw new LaunchError(`Port ${port} is in use. Choose another with PORT, or stop the program that uses it.`)
}
