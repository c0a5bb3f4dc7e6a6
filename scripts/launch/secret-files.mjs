import { readFileSync } from 'node:fs'
import { LaunchError } from './report.mjs'

/** Settings whose value may be in a file: a secret mounted by a vault, systemd or a container runtime. */
const SECRET_FILE =
  /^(?<setting>DATABASE_(?:READ_)?URL|HINOMI_(?:SECRET|OLD_SECRET(?:_\w+)?|AUDIT_TOKEN|ADMIN_PASSWORD|[A-Z]+_CLIENT_SECRET))_FILE$/

/**
 * Replaces settings that name a file, such as HINOMI_SECRET_FILE, by the contents of the file without its final line break.
 * @param {NodeJS.ProcessEnv} env is modified
 */
export function readSecretFiles(env) {
  for (const [name, path] of Object.entries(env)) {
    const setting = SECRET_FILE.exec(name)?.groups?.setting
    if (!setting || !path) continue
    if (env[setting]) throw new LaunchError(`${setting} and ${name} are both set; set one of them.`)
    env[setting] = contentOf(name, path)
    delete env[name]
  }
}

/**
 * @param {string} name
 * @param {string} path
 */
function contentOf(name, path) {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new LaunchError(`${name}: ${/** @type {Error} */ (error).message}`)
  }
}
