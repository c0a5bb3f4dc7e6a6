import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keyId } from '../../lib/access/seal/keys'
import { sealedBy } from '../../lib/access/seal/seal'
import { openTotp, sealTotp } from '../../lib/access/sign-in/totp'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env, parseEnv } from '../../lib/env'
import type { Locale } from '../../lib/locale'
import { countSealedValues } from '../../lib/queries/sealed-values'
import { resealStoredValues } from '../../lib/store/keys'
import en from '../../messages/en.json'
import ja from '../../messages/ja.json'
import { listKeys, pruneKeys, resealKeys, rotateKeys } from '../../scripts/hinomi/keys'
import { root } from '../../scripts/launch/paths.mjs'
import { openSecrets } from '../../scripts/launch/secrets.mjs'
import { applicationEnv, typescript } from '../../scripts/launch/settings.mjs'
import { jobAccess } from '../support/job'
import { addMember } from '../support/people'
import { setSecrets } from '../support/secrets'
import { waiting } from './support-locks'

const FIRST = 'the first secret, which a test knows'
const SECOND = 'the second secret, which a test knows'
const FOREIGN = 'a secret that nobody has any more'
const job = jobAccess('test')
const { HINOMI_SECRET, HINOMI_OLD_SECRETS } = env()
/** The last entry of the audit log before a test. */
let before = 0n

beforeEach(async () => {
  await pool().query('TRUNCATE member, session')
  before = (await prisma().auditEntry.aggregate({ _max: { id: true } }))._max.id ?? before
  setSecrets(FIRST)
})
afterAll(async () => {
  Object.assign(env(), { HINOMI_SECRET, HINOMI_OLD_SECRETS })
  await closeDatabase()
})

/** A member with a sealed secret, and the text that it opens to. */
async function addSealed(text: string): Promise<string> {
  const { id } = await addMember('member')
  await store(id, sealTotp(id, text))
  return id
}
const store = (id: string, value: string) =>
  pool().query('UPDATE member SET totp_secret = $2 WHERE id = $1', [id, value])
async function stored(id: string): Promise<string> {
  return (await prisma().member.findUniqueOrThrow({ where: { id } })).totpSecret ?? ''
}
const open = async (id: string) => openTotp(id, await stored(id))
const audited = () =>
  prisma().auditEntry.findMany({
    where: { action: { startsWith: 'keys.' }, id: { gt: before } },
    orderBy: { id: 'asc' },
  })

test('a sealed value that is moved to another member does not open', async () => {
  const [attacker, victim] = [await addSealed('known to the attacker'), await addSealed('text')]
  await store(victim, await stored(attacker))
  expect(await open(victim)).toBeNull()
  setSecrets(SECOND, FIRST)
  expect(await resealStoredValues(job)).toEqual({ resealed: 1, unopened: [`member:${victim}`] })
  expect(await open(victim)).toBeNull()
})

describe('sealing stored values again', () => {
  test('uses the newest secret for all of them, so that the former one can be removed, and changes nothing the second time', async () => {
    const ids = [await addSealed('a'), await addSealed('b')]
    await addMember('member')
    setSecrets(SECOND, FIRST)
    ids.push(await addSealed('c'))
    const untouched = await stored(ids[2] ?? '')
    expect(await resealStoredValues(job)).toEqual({ resealed: 2, unopened: [] })
    setSecrets(SECOND)
    expect(await Promise.all(ids.map(open))).toEqual(['a', 'b', 'c'])
    expect(await stored(ids[2] ?? '')).toBe(untouched)
    expect(await resealStoredValues(job)).toEqual({ resealed: 0, unopened: [] })
    expect(await audited()).toMatchObject([
      {
        action: 'keys.reseal',
        actorId: 'test',
        target: `key:${keyId(SECOND)}`,
        detail: { column: 'member.totp_secret', values: 2 },
      },
    ])
  })

  test('skips and lists values that no secret opens', async () => {
    const good = await addSealed('a')
    setSecrets(FOREIGN)
    const [lost, damaged] = [await addSealed('b'), await addSealed('c')]
    await store(damaged, 'no sealed value')
    const before = await Promise.all([stored(lost), stored(damaged)])
    setSecrets(SECOND, FIRST)
    const { resealed, unopened } = await resealStoredValues(job)
    expect(resealed).toBe(1)
    expect(unopened.sort()).toEqual([`member:${lost}`, `member:${damaged}`].sort())
    expect(await Promise.all([stored(lost), stored(damaged)])).toEqual(before)
    expect(await open(good)).toBe('a')
    expect(await countSealedValues(job)).toEqual({
      byKey: new Map([
        [keyId(SECOND), 1],
        [keyId(FOREIGN), 1],
      ]),
      malformed: 1,
    })
  })

  test.each([
    ['removed it', null],
    ['enrolled anew at a server with the newest secret', SECOND],
    ['enrolled anew at a server with the former secret', FIRST],
  ])('does not overwrite that the member %s meanwhile', async (_what, secret) => {
    const id = await addSealed('before')
    const other = await addSealed('other')
    if (secret) setSecrets(secret)
    const next = secret && sealTotp(id, 'after')
    setSecrets(SECOND, FIRST)
    const client = await pool().connect()
    try {
      await client.query('BEGIN')
      await client.query('UPDATE member SET totp_secret = $2 WHERE id = $1', [id, next])
      const resealing = resealStoredValues(job)
      await waiting(1)
      await client.query('COMMIT')
      expect(await resealing).toEqual({ resealed: secret === FIRST ? 2 : 1, unopened: [] })
    } finally {
      client.release()
    }
    expect(await open(id)).toBe(secret ? 'after' : null)
    expect(await open(other)).toBe('other')
    expect([...(await countSealedValues(job)).byKey.keys()]).toEqual([keyId(SECOND)])
  })

  test('continues after an interruption, and the audit log contains the earlier part', async () => {
    const ids: string[] = []
    for (let i = 0; i < 150; i++) ids.push(await addSealed(`text ${i}`))
    const last = ids.toSorted().at(-1) ?? ''
    setSecrets(SECOND, FIRST)
    await pool().query(`
      CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken off'; END $$;
      CREATE TRIGGER break_off BEFORE UPDATE ON member FOR EACH ROW WHEN (OLD.id = '${last}') EXECUTE FUNCTION break_off()`)
    try {
      await expect(resealStoredValues(job)).rejects.toThrow('broken off')
    } finally {
      await pool().query('DROP FUNCTION break_off CASCADE')
    }
    expect(Object.fromEntries((await countSealedValues(job)).byKey)).toEqual({
      [keyId(SECOND)]: 100,
      [keyId(FIRST)]: 50,
    })
    expect((await audited()).map(({ detail }) => detail)).toMatchObject([{ values: 100 }])
    const opened = async () => (await Promise.all(ids.map(open))).every((text, i) => text === `text ${i}`)
    expect(await opened()).toBe(true)
    expect(await resealStoredValues(job)).toEqual({ resealed: 50, unopened: [] })
    expect((await audited()).map(({ detail }) => detail)).toMatchObject([{ values: 100 }, { values: 50 }])
    setSecrets(SECOND)
    expect(await opened()).toBe(true)
  })
})

describe('the command keys', () => {
  type Command = (access: typeof job, locale: Locale) => Promise<number>
  /** The output of the command on each stream, and its exit code. */
  async function run(command: Command, locale: Locale = 'en') {
    const printed = { out: '', err: '' }
    const keep = (stream: 'out' | 'err') => (text: string | Uint8Array) => {
      printed[stream] += text
      return true
    }
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'))
    const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep('err'))
    try {
      return { code: await command(job, locale), ...printed }
    } finally {
      out.mockRestore()
      err.mockRestore()
    }
  }
  afterEach(() => vi.unstubAllEnvs())

  test('list shows an old secret as needed until the stored values are sealed again', async () => {
    await addSealed('a')
    setSecrets(SECOND)
    expect(await run(listKeys)).toEqual({
      code: 1,
      out: expect.stringMatching(
        new RegExp(`^${keyId(SECOND)}  newest  HINOMI_SECRET: no stored values\n${keyId(FIRST)}  MISSING: 1 stored`),
      ),
      err: '',
    })
    setSecrets(SECOND, FIRST)
    const needed = await run(listKeys)
    expect(needed).toMatchObject({ code: 0, err: '' })
    expect(needed.out).toContain(`${keyId(FIRST)}  former  HINOMI_OLD_SECRET_1: 1 stored value\n`)
    expect(needed.out).not.toContain('No longer needed')
    expect(needed.out).not.toContain(FIRST)
    expect(await run(resealKeys)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 stored value was/) })
    expect((await run(listKeys)).out).toContain(`No longer needed for stored values: ${keyId(FIRST)}.`)
  })

  test('list and reseal end with 1 if a value cannot be opened, and report it', async () => {
    const id = await addSealed('a')
    await store(id, 'damaged')
    expect(await run(listKeys)).toMatchObject({ code: 1, out: expect.stringContaining('DAMAGED: 1 stored value') })
    expect(await run(resealKeys)).toMatchObject({ code: 1, out: expect.stringContaining(`member:${id}`) })
  })

  test.each([
    [rotateKeys, 'notGenerated'],
    [pruneKeys, 'notGeneratedPrune'],
  ] as const)('%o changes nothing if HINOMI_SECRET is set, and prints the steps', async (command, key) => {
    vi.stubEnv('HINOMI_SECRET_GENERATED', '')
    for (const [locale, { keys }] of [
      ['en', en],
      ['ja', ja],
    ] as const) {
      expect(await run(command, locale)).toEqual({ code: 1, out: '', err: `${keys[key]}\n` })
    }
    expect(await audited()).toEqual([])
  })

  test('rotate keeps the former secret, and prune removes it once it is old and unused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hinomi-keys-'))
    const file = join(folder, 'secrets.json')
    const stored = () => openSecrets(folder).oldSecrets.map(({ secret }) => secret)
    const age = () => {
      const old = { replacedAt: new Date(Date.now() - 13 * 3_600_000).toISOString() }
      const { oldSecrets, ...rest } = openSecrets(folder)
      writeFileSync(file, JSON.stringify({ ...rest, oldSecrets: oldSecrets.map(each => ({ ...each, ...old })) }))
    }
    vi.stubEnv('HINOMI_SECRET', '')
    vi.stubEnv('HINOMI_SECRET_GENERATED', '')
    /** The same steps as a start of the command line or of a server. */
    const restart = async () => {
      vi.stubEnv('HINOMI_SECRET', '')
      const variables = await applicationEnv({ url: env().DATABASE_URL, dataDir: folder, port: 3000 })
      Object.assign(env(), parseEnv(variables))
      for (const name of ['HINOMI_SECRET_GENERATED', 'HINOMI_DATA_DIR']) vi.stubEnv(name, variables[name])
    }
    try {
      await restart()
      const first = env().HINOMI_SECRET
      await addSealed('a')
      expect(await run(rotateKeys)).toMatchObject({ code: 0, err: '', out: expect.stringContaining(keyId(first)) })
      await restart()
      const second = env().HINOMI_SECRET
      await run(rotateKeys)
      await restart()
      expect(stored()).toEqual([second, first])
      expect(await run(pruneKeys)).toEqual({ code: 0, out: `${en.keys.nothingToPrune}\n`, err: '' })
      age()
      expect(await run(pruneKeys)).toMatchObject({ code: 0, out: `Removed: ${keyId(second)}. Restart Hinomi.\n` })
      expect(stored()).toEqual([first])
      await restart()
      expect((await run(listKeys)).out).toContain(`${keyId(first)}  former  secrets.json: 1 stored value\n`)
      await run(resealKeys)
      await run(pruneKeys)
      expect(stored()).toEqual([])
      const third = openSecrets(folder).secret
      expect((await audited()).map(({ action, target }) => [action, target])).toEqual([
        ['keys.rotate', `key:${keyId(second)}`],
        ['keys.rotate', `key:${keyId(third)}`],
        ['keys.remove', `key:${keyId(second)}`],
        ['keys.reseal', `key:${keyId(third)}`],
        ['keys.remove', `key:${keyId(first)}`],
      ])
      expect(JSON.stringify((await audited()).map(({ detail }) => detail))).not.toMatch(
        [first, second, third].join('|'),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('is a command of npm run hinomi', async () => {
    const id = await addSealed('a')
    await store(id, 'damaged')
    const args = [...typescript, 'scripts/hinomi/main.ts', 'keys', 'list']
    const variables = { ...process.env, HINOMI_SECRET: SECOND, LC_ALL: 'ja_JP.UTF-8' }
    await expect(promisify(execFile)(process.execPath, args, { cwd: root, env: variables })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`^${keyId(SECOND)}  最新  HINOMI_SECRET: 保存された値なし\n破損: `)),
    })
  })
})

test('the id of a key is in its values', async () => {
  expect(sealedBy(await stored(await addSealed('a')))).toBe(keyId(FIRST))
})
