import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { requireTokenAccess } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { locales } from '../../lib/locale'
import { createTokenOf } from '../../scripts/hinomi/create-token'
import { sentenceOf } from '../../scripts/hinomi/error-sentence'
import { addMember } from '../support/people'

const run = promisify(execFile)
/** For tests that start a process, which takes long on a busy machine. */
const PROCESS = { timeout: 120_000 }
const root = fileURLToPath(new URL('../..', import.meta.url))
const [one, two] = ['111111111111', '222222222222']

beforeEach(async () => {
  await pool().query('TRUNCATE member, api_token')
})
afterAll(closeDatabase)

/** The output of `npm run -s hinomi -- token create --name ci`. */
async function command(args: string[], lang = 'en'): Promise<{ code: number; stdout: string; stderr: string }> {
  const flags = ['--conditions=react-server', '--import', 'tsx']
  const all = [...flags, 'scripts/hinomi/main.ts', 'token', 'create', '--name', 'ci', ...args]
  const env = { ...process.env, LC_ALL: '', LC_MESSAGES: '', LANG: lang }
  try {
    const { stdout, stderr } = await run(process.execPath, all, { cwd: root, env })
    return { code: 0, stdout: stdout.trim(), stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout: stdout.trim(), stderr }
  }
}
const accessOf = (token: string) =>
  requireTokenAccess(new Request('http://hinomi.test/api', { headers: { authorization: `Bearer ${token}` } }))

describe('without --owner', () => {
  test('the only administrator is the owner, and the command prints that', PROCESS, async () => {
    const admin = await addMember('admin')
    await addMember('lead')
    const { stdout, stderr } = await command(['--role', 'lead'])
    expect(stderr).toContain(admin.email)
    const { actor, granted } = await accessOf(stdout)
    expect(actor).toMatchObject({ owner: admin.id })
    expect(granted.has('exceptions:request')).toBe(true)
  })

  test.each([0, 2])('and with %i administrators no token is created', async admins => {
    for (let i = 0; i < admins; i++) await addMember('admin')
    const error = await createTokenOf(['--name', 'ci']).catch((problem: unknown) => problem)
    for (const locale of locales) expect(await sentenceOf(error, locale)).toContain('--owner')
    expect(await prisma().apiToken.count()).toBe(0)
  })
})

describe('a collector token', () => {
  test('is created for all accounts and several sources', async () => {
    await addMember('admin')
    const sources = ['--source', 'security-hub', '--source', 'config']
    const { token } = await createTokenOf(['--name', 'ci', '--collector', ...sources, '--accounts', 'all'])
    const access = await accessOf(token)
    expect(access).toMatchObject({ accounts: 'all', sources: ['security-hub', 'config'] })
    expect([...access.granted].sort()).toEqual(['imports:close', 'imports:write'])
  })

  test('is created for a list of accounts, for an owner who is a lead', async () => {
    const lead = await addMember('lead')
    const of = ['--owner', lead.email.toUpperCase(), '--source', 'prowler', '--accounts', `${one},${two}`]
    const { token } = await createTokenOf(['--name', 'ci', '--collector', ...of])
    expect(await accessOf(token)).toMatchObject({ accounts: [one, two], actor: { owner: lead.id } })
  })
})

test('a token of some permissions is limited in accounts, sources, networks and days', async () => {
  await addMember('admin')
  const { token } = await createTokenOf([
    ...['--name', 'ci', '--permissions', 'imports:write, imports:read', '--accounts', one, '--source', 'prowler'],
    ...['--networks', '10.1.2.3/8,2001:db8::1', '--days', '7'],
  ])
  const [row] = await prisma().apiToken.findMany()
  expect(row).toMatchObject({
    permissions: ['imports:write', 'imports:read'],
    accounts: [one],
    limited: true,
    sources: ['prowler'],
    networks: ['10.0.0.0/8', '2001:db8::1/128'],
  })
  expect(Math.round(((row?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000)).toBe(7)
  await expect(accessOf(token)).rejects.toMatchObject({ reason: 'tokenNetwork' })
})

describe('refused in words', () => {
  test.each([
    [['--owner', 'nobody@example.com'], 'nobody@example.com'],
    [['--owner', 'nobody'], '--owner'],
    [['--collector', '--accounts', 'all'], '--source'],
    [['--collector', '--source', ' ', '--accounts', 'all'], '--source'],
    [['--collector', '--source', 'prowler'], '--accounts'],
    [['--collector', '--source', 'prowler', '--accounts', '12'], '12'],
    [['--collector', '--source', 'nessus', '--accounts', 'all'], 'nessus'],
    [['--role', 'owner'], '--role'],
    [['--role', 'lead', '--permissions', 'findings:read'], '--permissions'],
    [['--permissions', 'tokens:manage'], 'tokens:manage'],
    [['--permissions', ','], 'permissions'],
    [['--permissions', 'findings:read', '--source', 'prowler'], 'imports:write'],
    [['--networks', 'office'], 'office'],
    [['--networks', ','], '--networks'],
    [['--days', '0'], '--days'],
  ])('%j', async (args, word) => {
    await addMember('admin')
    const error = await createTokenOf(['--name', 'ci', ...args]).catch((problem: unknown) => problem)
    for (const locale of locales) expect(await sentenceOf(error, locale)).toContain(word)
    expect(await prisma().apiToken.count()).toBe(0)
  })

  test('if its owner has fewer permissions, in the language of the terminal', PROCESS, async () => {
    await addMember('admin')
    const limited = await addMember('member', { limited: true, accounts: [one] })
    const beyond = await command(['--owner', limited.email, '--role', 'lead', '--accounts', one], 'ja_JP.UTF-8')
    expect([beyond.code, beyond.stderr]).toEqual([1, expect.stringMatching(/権限がない.*audit:read/)])
    const everywhere = createTokenOf(['--name', 'ci', '--owner', limited.email])
    await expect(everywhere).rejects.toMatchObject({ reason: 'tokenOwnerAccounts' })
    expect(await prisma().apiToken.count()).toBe(0)
  })
})
