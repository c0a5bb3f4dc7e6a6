import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ImportQuery } from '../../lib/domain/imports/query'
import { startRound } from '../../lib/store/collection/rounds'
import { importFiles } from '../../scripts/hinomi/import-files'
import { fromRoot, root } from '../../scripts/launch/paths.mjs'
import { typescript } from '../../scripts/launch/settings.mjs'
import type { Emulator } from '../support/aws/emulator'
import { createOrganisation, REGION } from '../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { addConnection } from '../support/connections'
import { isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

stopAtEnd()
afterAll(closeDatabase)

const EXTERNAL_ID = 'a1'.repeat(16)

/** Runs the command as on a machine without a server or a database. */
async function collect(
  emulator: Emulator,
  args: string[],
  { language = 'en', temporary = tmpdir(), through = [] as string[] } = {},
): Promise<{ code: number | null; err: string; out: string }> {
  const { DATABASE_URL: _database, ...own } = process.env
  const env = {
    ...own,
    ...emulator.env,
    DATABASE_URL: '',
    LC_ALL: '',
    LC_MESSAGES: '',
    LANG: language,
    TMPDIR: temporary,
  }
  const command = [...through, process.execPath, ...typescript, fromRoot('scripts/hinomi/main.ts'), 'collect', ...args]
  const [program = '', ...rest] = command
  const child = spawn(program, rest, { cwd: root, env })
  let [out, err] = ['', '']
  child.stdout.on('data', piece => (out += piece))
  child.stderr.on('data', piece => (err += piece))
  const code = await new Promise<number | null>(done => child.once('exit', done))
  return { code, err, out }
}

const fileIn = (name: string) => join(mkdtempSync(join(tmpdir(), 'hinomi-collect-test-')), name)

/** What was collected, without ids of imports and times of reading. */
async function collected() {
  const rows = async (sql: string) => (await pool().query(sql)).rows
  return {
    assets: await rows(
      `SELECT account_id, id, collector, region, type, arn, name, content_hash FROM asset ORDER BY 1, 2`,
    ),
    cells: await rows(
      `SELECT account_id, collector, region, state, complete, records, action FROM coverage ORDER BY 1, 2, 3`,
    ),
    findings: await rows(`SELECT account_id, id, control, region, resource_id, title, severity, status, sources
      FROM finding WHERE NOT 'hinomi' = ANY(sources) ORDER BY 1, 2`),
    sightings: await rows(`SELECT account_id, id, finding_id, source, product, result, present, content_hash
      FROM sighting WHERE source <> 'hinomi' ORDER BY 1, 2`),
  }
}

describe('npm run -s hinomi -- collect', () => {
  test('writes what a connection brings: imported it gives the same rows', { timeout: START_MS }, async ({
    emulator,
  }) => {
    const { payments } = await createOrganisation(emulator, EXTERNAL_ID)
    Object.assign(process.env, emulator.env)
    const id = await addConnection([], { kind: 'account', accountId: payments })
    await startRound(job, { connectionId: id, kind: 'full', slot: null, tasks: [] })
    await runUntil(() => isRead(id))
    // Beside it a light round may have read windows of changes: everything is read again, so that this comes last.
    await startRound(job, { connectionId: id, kind: 'full', slot: null, tasks: [] })
    await runUntil(() => isRead(id))
    const byConnection = await collected()
    expect(byConnection.assets.length).toBeGreaterThan(10)
    expect(byConnection.findings.length).toBeGreaterThan(3)
    await prisma().connection.deleteMany()
    await pool().query('TRUNCATE asset, coverage, finding, sighting, feed, account, import, check_run CASCADE')

    const file = fileIn('account.tar.gz')
    const role = ['--role', 'HinomiReadOnly', '--external-id', EXTERNAL_ID]
    const { code, err, out } = await collect(emulator, ['--out', file, '--account', payments, ...role])
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/all of them read\.\n$/) })
    expect(out).toBe(`${file}\n`)
    const options = ImportQuery.parse({ coverage: 'complete', origin: 'command' })
    expect(await importFiles(job, [file], options, 'en')).toBe(0)
    const byFile = await collected()
    expect(byFile.cells).toEqual(byConnection.cells)
    expect(byFile.assets).toEqual(byConnection.assets)
    expect(byFile.findings).toEqual(byConnection.findings)
    expect(byFile.sightings).toEqual(byConnection.sightings)
  })

  test('reads all accounts of an organization', { timeout: START_MS }, async ({ emulator }) => {
    const { accounts } = await createOrganisation(emulator, EXTERNAL_ID)
    const file = fileIn('organization.tar')
    const role = ['--role', 'HinomiReadOnly', '--external-id', EXTERNAL_ID, '--organization']
    expect(await collect(emulator, ['--out', file, '--region', REGION, ...role])).toMatchObject({ code: 0 })
    const text = readFileSync(file, 'latin1')
    for (const account of accounts) expect(text).toContain(`guardduty-${account}.ndjson`)
    expect(text.match(/organization-\d{12}\.ndjson/g)).toHaveLength(1)
  })

  test('reads the account of the credentials, and says what it may not read', { timeout: START_MS }, async ({
    emulator,
  }) => {
    const organisation = await createOrganisation(emulator, EXTERNAL_ID)
    emulator.deny({ account: organisation.management, action: 'guardduty:ListDetectors' })
    const file = fileIn('own.tar')
    const { code, err } = await collect(emulator, ['--out', file, '--region', REGION])
    expect(code).toBe(2)
    expect(err).toContain('ap-northeast-1: No permission for guardduty:ListDetectors.')
    const text = readFileSync(file, 'latin1')
    expect(text).toContain(`guardduty-${organisation.management}.ndjson`)
    expect(text).toContain('"whole":false')
    expect(text).not.toContain(organisation.payments)

    const again = await collect(emulator, ['--out', file])
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('--force') })
  })

  test('leaves no file where the credentials do not work', { timeout: START_MS }, async ({ emulator }) => {
    const file = fileIn('none.tar.gz')
    const { code, err } = await collect(emulator, ['--out', file, '--profile', 'no-such-profile'])
    expect(code).toBe(1)
    expect(err).toContain('No AWS credentials found for the profile “no-such-profile”')
    expect(err).not.toContain('Could not load credentials')
    const inJapanese = await collect(emulator, ['--out', file, '--profile', 'no-such-profile'], { language: 'ja' })
    expect(inJapanese.err).toContain('プロファイル「no-such-profile」の AWS 認証情報が見つかりません')
    expect(existsSync(file)).toBe(false)
    expect(readdirSync(dirname(file))).toEqual([])
  })

  test.for([
    // Files may not grow beyond 4 KiB: what a full disk does, without one.
    ['a full disk', `trap '' XFSZ; ulimit -f 4; "$@"; echo "ended with $?" >&2`, 'No space left to write.'],
    ['a closed pipe', '{ "$@" 2>&1; echo "ended with $?" >&3; } 3>&2 | head -1', ''],
  ] as const)('leaves nothing behind after %s', { timeout: START_MS }, async ([, script, says], { emulator }) => {
    await createOrganisation(emulator, EXTERNAL_ID)
    const [file, temporary] = [fileIn('own.tar'), mkdtempSync(join(tmpdir(), 'hinomi-collect-test-'))]
    const { err } = await collect(emulator, ['--out', file, '--region', REGION], {
      temporary,
      through: ['bash', '-c', script, 'bash'],
    })
    expect(err).toContain('ended with 1\n')
    expect(err).toContain(says)
    expect(err).not.toMatch(/\n {4}at /)
    expect(readdirSync(temporary).filter(name => name.startsWith('hinomi-collect-'))).toEqual([])
    expect(readdirSync(dirname(file))).toEqual([])
  })
})
