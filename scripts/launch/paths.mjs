import { accessSync, chmodSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileProblem, LaunchError } from './report.mjs'
import { readSecretFiles } from './secret-files.mjs'

/** The root folder of the clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** @param {...string} parts */
export const fromRoot = (...parts) => join(root, ...parts)

/** The locks that all launchers of this clone share. Not in node_modules or .next, which may be deleted. */
export const lockDir = fromRoot('.hinomi-locks')

/**
 * The folder of the data and the generated secrets, created with access for its owner only.
 * @param {string} fallback its name if HINOMI_DATA_DIR is not set
 */
export function openDataDir(fallback = '.hinomi') {
  const path = resolve(root, process.env.HINOMI_DATA_DIR || fallback)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    // An existing folder may be accessible to others; its contents must not be.
    if ((statSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(path)
  } catch (error) {
    throw new LaunchError(`The data folder ${path} cannot be used: ${fileProblem(error)}.`, { cause: error })
  }
}

/** Loads settings from a .env file beside package.json (variables already set take precedence) and secrets from their files. */
export function loadEnvFile() {
  if (existsSync(fromRoot('.env'))) process.loadEnvFile(fromRoot('.env'))
  readSecretFiles(process.env)
}
