import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { fromRoot } from './paths.mjs'
import { LaunchError } from './report.mjs'
import { openSecrets } from './secrets.mjs'

/** How programs of this project in TypeScript are run: with the server's side of its packages, and without a build. */
export const typescript = ['--conditions=react-server', '--import', 'tsx']

/**
 * The worker stays small while a large report passes through it: with less to grow into Node.js collects sooner, its threads share
 * their free memory, and large pieces go back to the system at once.
 */
export const worker = {
  args: ['--max-old-space-size=1536', '--max-semi-space-size=24', ...typescript],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' },
}

/**
 * The environment of the web server, the worker and the command line.
 * @param {{ url: string, dataDir: string, port: number, dev?: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function applicationEnv({ url, dataDir, port, dev = false }) {
  const secret =
    process.env.HINOMI_SECRET || (await withLock(join(dataDir, 'run/lock'), async () => openSecrets(dataDir).secret))
  return {
    ...process.env,
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: url,
    HINOMI_DATA_DIR: dataDir,
    HINOMI_SECRET: secret,
    NEXTAUTH_SECRET: secret,
    NEXTAUTH_URL: process.env.HINOMI_URL || `http://localhost:${port}`,
  }
}

/** The port that was asked for, or null. */
export function wantedPort() {
  const text = process.env.PORT
  if (!text) return null
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new LaunchError(`PORT is no port number: ${text}`)
  return port
}

/** Refuses a HINOMI_TIME_ZONE that lib/env.ts refuses, in the language of the terminal, before anything is built or started. */
export function requireTimeZone() {
  const name = (process.env.HINOMI_TIME_ZONE ?? '').trim()
  if (name === '' || isTimeZone(name)) return
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  const locale = (LC_ALL || LC_MESSAGES || LANG || '').startsWith('ja') ? 'ja' : 'en'
  const messages = JSON.parse(readFileSync(fromRoot(`messages/${locale}.json`), 'utf8'))
  throw new LaunchError(messages.cli.badTimeZone.replace('{name}', () => name))
}

/** @param {string} name */
function isTimeZone(name) {
  if (/^[+-]/.test(name)) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
