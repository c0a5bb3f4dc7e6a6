import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fromRoot } from '../launch/paths.mjs'
import { run } from '../launch/process.mjs'
import { LaunchError, say } from '../launch/report.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const isRoot = process.getuid?.() === 0

/**
 * The Chromium for the tests: HINOMI_BROWSER, an installed one, or Playwright's, which is installed if there is none.
 * @returns {Promise<string | null>} the path of its program; null for Playwright's own
 */
export async function findBrowser() {
  const found = process.env.HINOMI_BROWSER || names.map(onPath).find(path => path !== null)
  if (found) {
    if (!existsSync(found)) throw new LaunchError(`HINOMI_BROWSER names ${found}, which does not exist.`)
    await ensureJapanese()
    return found
  }
  if (existsSync(await playwrightsOwn())) {
    await ensureJapanese()
    return null
  }
  if (isRoot && onPath('apt-get')) {
    await apt(['chromium', 'fonts-noto-cjk'])
    return onPath('chromium')
  }
  say('Installing a browser for the tests (playwright install chromium).')
  await run(process.execPath, [fromRoot('node_modules/@playwright/test/cli.js'), 'install', 'chromium'], {
    what: 'playwright install chromium',
  })
  return null
}

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test')
  return chromium.executablePath()
}

/** Without a Japanese font, pages show rows of empty boxes, and measurements of them mean little. */
async function ensureJapanese() {
  if (!isRoot || !onPath('apt-get') || (await hasJapanese())) return
  await apt(['fonts-noto-cjk'])
}

async function hasJapanese() {
  if (!onPath('fc-list')) return false
  return (await run('fc-list', [':lang=ja'], { what: 'fc-list', quiet: true })).trim() !== ''
}

/** @param {string[]} packages */
async function apt(packages) {
  say(`Installing ${packages.join(' and ')} for the tests.`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { what: 'apt-get update', quiet: true, env })
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    what: 'apt-get install',
    quiet: true,
    env,
  })
}

/** @param {string} name */
function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return null
}
