import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { withLock } from './lock.mjs'
import { fromRoot } from './paths.mjs'
import { isFree } from './ports.mjs'
import { LaunchError } from './report.mjs'
import { lockOf, openSecrets } from './secrets.mjs'

/** Node.js options for TypeScript programs of this project: the server's exports of its packages, and no build. */
export const typescript = ['--conditions=react-server', '--import', 'tsx']

/**
 * Limits the memory of the worker during large reports: a small young generation is collected sooner, threads share free
 * memory, and large blocks return to the system immediately. Garbage collection has no helper threads: they would take
 * cores from the database and need a quarter more CPU time in total. For compiled programs, see bundle.mjs.
 */
export const worker = {
  args: ['--max-old-space-size=1536', '--max-semi-space-size=16', '--single-threaded-gc', '--conditions=react-server'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' },
}

/** Prefix of the variables with the old secrets of the data folder, which lib/env.ts reads. */
export const GENERATED_OLD_SECRET = 'HINOMI_OLD_SECRET_GENERATED_'

/**
 * The environment of the web server, the worker and the command line.
 * @param {{ url: string, dataDir: string, port: number, dev?: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function applicationEnv({ url, dataDir, port, dev = false }) {
  const given = process.env.HINOMI_SECRET
  const { secret, oldSecrets } = given
    ? { secret: given, oldSecrets: [] }
    : await withLock(lockOf(dataDir), async () => openSecrets(dataDir))
  return {
    ...process.env,
    ...Object.fromEntries(oldSecrets.map((old, index) => [`${GENERATED_OLD_SECRET}${index + 1}`, old.secret])),
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: url,
    HINOMI_DATA_DIR: dataDir,
    HINOMI_SECRET: secret,
    // For the command line, which replaces only a generated secret.
    HINOMI_SECRET_GENERATED: given ? '' : '1',
    NEXTAUTH_SECRET: secret,
    NEXTAUTH_URL: addressOf(port),
  }
}

/**
 * The URL of the product for people.
 * @param {number} port of the web server
 */
export const addressOf = port => process.env.HINOMI_URL || `http://localhost:${port}`

/** Secrets that only the web server needs, and the settings that lib/env.ts requires together with them. */
const WEB_ONLY = /^(?:HINOMI_(?:OIDC|GOOGLE|ENTRA)_\w+|HINOMI_PASSWORDS|NEXTAUTH_\w+|DATABASE_READ_URL)$/

/**
 * The part of an environment that a program gets: a compromised process reveals no secrets of another one. None gets the
 * settings of the first administrator.
 * @param {'web' | 'worker'} program
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentOf(program, env) {
  const given = Object.entries(env).filter(([name]) => program === 'web' || !WEB_ONLY.test(name))
  // Empty rather than absent: Next.js also reads .env, and takes absent variables from it.
  const emptied = ['HINOMI_ADMIN_PASSWORD', ...(program === 'web' ? ['HINOMI_AUDIT_TOKEN'] : [])]
  return toEnvironment([...given, ...emptied.map(name => /** @type {[string, string]} */ ([name, '']))])
}

/**
 * The environment of programs that build and install: without any settings.
 * @param {Record<string, string>} [more]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:HINOMI_|DATABASE_(?:READ_)?URL$)/.test(name))
  return toEnvironment([...own, ...Object.entries(more)])
}

/** @param {[string, string | undefined][]} entries */
function toEnvironment(entries) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { NODE_ENV: process.env.NODE_ENV }
  for (const [name, value] of entries) env[name] = value
  return env
}

/** The port of the settings; null if there is none. */
export function wantedPort() {
  const text = process.env.PORT
  if (!text) return null
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new LaunchError(`PORT is not a port number: ${text}`)
  return port
}

/** The number of web servers that share the port. */
export const webProcesses = () => processes('HINOMI_WEB_PROCESSES')

/** The number of workers that import reports. */
export const workerProcesses = () => processes('HINOMI_WORKERS')

/** Refuses invalid numbers of processes, before anything is built or started. */
export function requireProcesses() {
  webProcesses()
  workerProcesses()
}

const MOST_PROCESSES = 64

/** @param {string} name */
function processes(name) {
  const text = (process.env[name] ?? '').trim()
  if (text === '') return 1
  const count = text === 'auto' ? Math.min(availableParallelism(), MOST_PROCESSES) : Number(text)
  if (/^\d+$|^auto$/.test(text) && count >= 1 && count <= MOST_PROCESSES) return count
  throw new LaunchError(cliText('badProcesses', { name, value: text, most: String(MOST_PROCESSES) }))
}

/** Refuses a HINOMI_TIME_ZONE that lib/env.ts refuses, before anything is built or started. */
export function requireTimeZone() {
  const name = (process.env.HINOMI_TIME_ZONE ?? '').trim()
  if (name === '' || isTimeZone(name)) return
  throw new LaunchError(cliText('badTimeZone', { name }))
}

/** Refuses a HINOMI_SECRET or a HINOMI_OLD_SECRET that lib/env.ts refuses, before anything is built or started. */
export function requireSecret() {
  for (const [name, secret] of Object.entries(process.env)) {
    const shortest = name === 'HINOMI_SECRET' ? 32 : 16
    if (!SECRET.test(name) || !secret || (secret.length >= shortest && new Set(secret).size >= 8)) continue
    throw new LaunchError(name === 'HINOMI_SECRET' ? cliText('badSecret') : cliText('badOldSecret', { name }))
  }
}

const SECRET = /^HINOMI_(SECRET|OLD_SECRET(_\w+)?)(?<!_FILE)$/

/** Refuses insecure connections, by the rules of lib/env.ts, before the first connection. */
export function requireSafeConnections() {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') throw new LaunchError(cliText('uncheckedTls'))
  if (!isSafeDatabase(process.env.DATABASE_URL ?? '')) throw new LaunchError(cliText('plainDatabase'))
  if (!isSafeDatabase(process.env.DATABASE_READ_URL ?? '')) throw new LaunchError(cliText('plainReadDatabase'))
}

/**
 * The address to listen on: undefined for every interface. By default only a product that people reach by HTTPS listens
 * beyond this machine.
 */
export function listenHost() {
  const host = (process.env.HINOMI_HOST ?? '').trim()
  if (host === '') return isHttps() ? undefined : '127.0.0.1'
  if (isIP(host) === 0 && !HOST_NAME.test(host)) throw new LaunchError(cliText('badHost', { host }))
  return host
}

/** Refuses a HINOMI_HOST that is not an address of this machine. */
export async function requireHost() {
  const host = listenHost()
  if (!host) return
  await isFree(0, host).catch(() => {
    throw new LaunchError(cliText('badHost', { host }))
  })
}

/** A note about who can open the product; null if a reverse proxy with TLS is in front of it. */
export function reachText() {
  if (isHttps()) return null
  const host = listenHost()
  const isLocal = host === 'localhost' || host === '::1' || host?.startsWith('127.')
  return cliText(isLocal ? 'localOnly' : 'plainHttp')
}

/**
 * A warning about an unsupported version of Node.js; null for a supported one.
 * @param {string} version
 */
export function nodeWarning(version) {
  const [major = ''] = version.replace(/^v/, '').split('.')
  return SUPPORTED_NODE.includes(major) ? null : cliText('oldNode', { version })
}

const SUPPORTED_NODE = ['22', '24']

// The last part of a host name is never a number: a name that looks like an IPv4 address must be one.
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

function isHttps() {
  return process.env.HINOMI_URL?.startsWith('https://') ?? false
}

/**
 * A text of messages/*.json under `cli`, in the language of the terminal.
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
function cliText(key, values = {}) {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  const locale = (LC_ALL || LC_MESSAGES || LANG || '').startsWith('ja') ? 'ja' : 'en'
  /** @type {string} */
  const text = JSON.parse(readFileSync(fromRoot(`messages/${locale}.json`), 'utf8')).cli[key]
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

/** @param {string} url */
function isSafeDatabase(url) {
  if (!URL.canParse(url)) return true
  const { hostname, searchParams } = new URL(url)
  const hosts = searchParams.getAll('host')
  const local = (hosts.length > 0 ? hosts : [hostname]).every(host => LOCAL_HOST.test(decodeURIComponent(host)))
  return local || ['verify-full', 'disable'].includes(searchParams.get('sslmode') ?? '')
}

// A path is a socket on this machine.
const LOCAL_HOST = /^(?:|localhost|127(?:\.\d+){3}|\[?::1\]?|\/.*)$/

/** @param {string} name */
function isTimeZone(name) {
  if (/^[+-]/.test(name)) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
