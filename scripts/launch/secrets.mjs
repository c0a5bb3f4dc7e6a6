import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The generated secrets of a data folder; made at the first call.
 * @param {string} dataDir
 * @returns {{ secret: string, databasePassword: string, databaseAdminPassword: string }}
 */
export function openSecrets(dataDir) {
  const path = join(dataDir, 'secrets.json')
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'))
  const secrets = {
    secret: randomBytes(32).toString('base64url'),
    databasePassword: randomBytes(24).toString('base64url'),
    databaseAdminPassword: randomBytes(24).toString('base64url'),
  }
  // Written aside and renamed, so that no one ever reads half of it.
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secrets
}
