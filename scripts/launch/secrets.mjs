import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { hasDatabase } from './placement.mjs'
import { LaunchError } from './report.mjs'

/**
 * @typedef {{ secret: string, replacedAt: string }} OldSecret
 * @typedef {{ secret: string, databasePassword: string, databaseAdminPassword: string, oldSecrets: OldSecret[] }} Secrets
 */

/**
 * The generated secrets of a data folder, created by the first call. Throws for a damaged file, and for a folder that has
 * a database but no file: new secrets could not decrypt it.
 * @param {string} dataDir
 * @returns {Secrets}
 */
export function openSecrets(dataDir) {
  const path = pathOf(dataDir)
  if (existsSync(path)) return read(path)
  if (hasDatabase(dataDir)) {
    throw new LaunchError(
      `${path} is missing, but ${dataDir} has a database, which only the passwords in that file open. Restore the file from a backup.`,
    )
  }
  const secrets = {
    secret: newSecret(),
    databasePassword: randomBytes(24).toString('base64url'),
    databaseAdminPassword: randomBytes(24).toString('base64url'),
    oldSecrets: [],
  }
  write(dataDir, secrets)
  return secrets
}

/**
 * Replaces the generated secret by a new one and adds the former one to the old secrets.
 * @param {string} dataDir
 * @param {(former: string, next: string) => Promise<void>} before runs first; if it fails, nothing is changed
 */
export async function rotateSecret(dataDir, before) {
  return withLock(lockOf(dataDir), async () => {
    const secrets = openSecrets(dataDir)
    const secret = newSecret()
    await before(secrets.secret, secret)
    const old = { secret: secrets.secret, replacedAt: new Date().toISOString() }
    write(dataDir, { ...secrets, secret, oldSecrets: [old, ...secrets.oldSecrets] })
  })
}

/**
 * Removes old secrets that were replaced before `until` and that `mayRemove` returns.
 * @param {string} dataDir
 * @param {Date} until
 * @param {(secrets: string[]) => Promise<string[]>} mayRemove gets the secrets that are old enough and returns those to remove
 */
export async function pruneSecrets(dataDir, until, mayRemove) {
  return withLock(lockOf(dataDir), async () => {
    const secrets = openSecrets(dataDir)
    const old = secrets.oldSecrets.filter(({ replacedAt }) => new Date(replacedAt) < until)
    const removed = await mayRemove(old.map(({ secret }) => secret))
    if (removed.length === 0) return
    write(dataDir, {
      ...secrets,
      oldSecrets: secrets.oldSecrets.filter(({ secret }) => !removed.includes(secret)),
    })
  })
}

/**
 * Runs work under the lock for reading or changing the secrets of a data folder.
 * @param {string} dataDir
 */
export const lockOf = dataDir => join(dataDir, 'run/lock')

/** @param {string} dataDir */
const pathOf = dataDir => join(dataDir, 'secrets.json')

const newSecret = () => randomBytes(32).toString('base64url')

/**
 * @param {string} path
 * @returns {Secrets}
 */
function read(path) {
  const text = readFileSync(path, 'utf8')
  try {
    // A file from before key rotation has no old secrets.
    const secrets = { oldSecrets: [], ...JSON.parse(text) }
    const strings = [secrets.secret, secrets.databasePassword, secrets.databaseAdminPassword]
    if (strings.every(value => typeof value === 'string' && value) && Array.isArray(secrets.oldSecrets)) return secrets
  } catch {
    // The error message would show a part of the file.
  }
  throw new LaunchError(`${path} is ${text.trim() ? 'damaged' : 'empty'}. Restore it from a backup.`)
}

/**
 * Written to a temporary file, synced and renamed, so that nobody reads an incomplete file.
 * @param {string} dataDir
 * @param {Secrets} secrets
 */
function write(dataDir, secrets) {
  const path = pathOf(dataDir)
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}
