import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { startThrowaway } from '../../scripts/launch/throwaway.mjs'

const TEMPLATE = 'hinomi_template'

declare module 'vitest' {
  interface ProvidedContext {
    templateUrl: string
    adminUrl: string
    /** A folder for files of the tests. */
    folder: string
  }
}

/** Vitest's global setup of the integration tests: one real server with a migrated template, and a folder, removed after the run. */
export default async function setup(project: TestProject) {
  const server = await startThrowaway()
  const templateUrl = await server.create(TEMPLATE)
  // In a separate process: the schema engine leaves a timer of ten seconds, which would delay the end.
  await run(process.execPath, [fromRoot('scripts/migrate.mjs')], {
    what: 'Migrating the template',
    quiet: true,
    env: { ...process.env, DATABASE_URL: templateUrl },
  })
  project.provide('templateUrl', templateUrl)
  project.provide('adminUrl', server.admin)
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-tests-'))
  project.provide('folder', folder)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Creates a migrated, empty database and returns its URL. It is removed with the server. */
export async function freshDatabase(from: { adminUrl: string; templateUrl: string }): Promise<string> {
  const name = `test_${createHash('sha256').update(`${process.pid} ${process.hrtime.bigint()}`).digest('hex').slice(0, 12)}`
  const client = new pg.Client({ connectionString: from.adminUrl })
  await client.connect()
  try {
    await client.query(`create database ${name} template ${TEMPLATE} owner ${TEMPLATE}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(from.templateUrl), { pathname: `/${name}` }).href
}
