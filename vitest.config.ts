import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const resolve = {
  alias: {
    '@': here('.'),
    // Outside Next the mark of server code means nothing; its usual entry would throw.
    'server-only': here('./node_modules/server-only/empty.js'),
  },
}

const folder = 'tests/integration'
const OWN = /\bvi\.(mock|resetModules)\(|process\.env\.\w+ = |\bspawn\(/

/** Integration tests that replace modules, settings or processes. The others share a process, since loading the code takes seconds. */
const alone = readdirSync(here(folder))
  .filter(name => name.endsWith('.test.ts') && OWN.test(readFileSync(here(`${folder}/${name}`), 'utf8')))
  .map(name => `${folder}/${name}`)

const integration = {
  globalSetup: ['tests/support/postgres.ts'],
  pool: 'forks' as const,
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.{ts,tsx}'],
          // Vitest would leave one of two cores unused, and many of these tests wait for processes.
          maxWorkers: 2,
          // A test that reads all of the source takes longer than the usual 5 seconds on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        test: {
          ...integration,
          name: 'integration',
          include: [`${folder}/**/*.test.{ts,tsx}`],
          exclude: alone,
          setupFiles: ['tests/support/shared-process.ts'],
          isolate: false,
        },
      },
      {
        resolve,
        test: {
          ...integration,
          name: 'integration-alone',
          include: alone,
          setupFiles: ['tests/support/fresh-database.ts'],
        },
      },
      {
        resolve,
        test: { name: 'api', include: ['tests/api/**/*.test.ts'], fileParallelism: false },
      },
      {
        resolve,
        test: { name: 'chaos', include: ['tests/chaos/**/*.test.ts'], fileParallelism: false, hookTimeout: 180_000 },
      },
    ],
  },
})
