import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bundle } from './bundle.mjs'
import { withLock } from './lock.mjs'
import { fromRoot, lockDir, root } from './paths.mjs'
import { run } from './process.mjs'
import { say } from './report.mjs'
import { toolEnvironment } from './settings.mjs'

const stamp = fromRoot('.next/.hinomi-build')
/** The compiled program of the worker. */
export const workerFile = fromRoot('.next/worker.cjs')
// Folders and files that are not part of the built application. Everything else is, including folders added later.
const notSources = new Set([
  'docs',
  'generated',
  'node_modules',
  'playwright-report',
  'prisma',
  'scripts',
  'test-results',
  'tests',
])
const notSourceFiles = new Set(['next-env.d.ts', 'playwright.config.ts', 'prisma.config.ts', 'vitest.config.ts'])
// The root folder may also contain a person's reports and pictures; only these data files in it affect the build.
const rootData = new Set(['package-lock.json', 'tsconfig.json'])
const sourceFile = /\.(?:css|gif|ico|jpe?g|js|json|mjs|png|svg|tsx?|txt|webp|woff2?)$/

/**
 * Builds the application for production if its sources changed since the last build.
 * @param {AbortSignal} [signal]
 */
export async function build(signal) {
  if (isImage()) return
  await withLock(
    join(lockDir, 'build'),
    async () => {
      if (isImage()) return
      say('Building the application; this takes a minute.')
      rmSync(stamp, { force: true })
      const wanted = sourcesHash()
      await run(process.execPath, [fromRoot('node_modules/next/dist/bin/next'), 'build'], {
        what: 'next build',
        leashed: true,
        quiet: true,
        env: toolEnvironment({ NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }),
        ...(signal ? { signal } : {}),
      })
      await bundle(fromRoot('lib/jobs/worker.ts'), workerFile)
      writeFileSync(stamp, wanted)
    },
    { onWait: () => say('Another start is building the application; waiting for it.') },
  )
}

function isImage() {
  return existsSync(workerFile) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash()
}

function sourcesHash() {
  const hash = createHash('sha256')
  for (const path of [...sourcesIn(root), fromRoot('prisma/schema.prisma')]) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.')) return []
      if (entry.isDirectory()) return notSources.has(entry.name) ? [] : sourcesIn(path)
      if (folder === root && !/\.[mc]?[jt]sx?$/.test(entry.name)) return rootData.has(entry.name) ? [path] : []
      return sourceFile.test(entry.name) && !notSourceFiles.has(entry.name) ? [path] : []
    })
}
