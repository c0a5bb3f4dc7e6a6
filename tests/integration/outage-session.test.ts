import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { comment } from '@/app/(console)/findings/actions'
import { GET as listFindings } from '@/app/api/v1/findings/route'
import { currentMember, requireAccess } from '@/lib/access/access'
import { currentLocale } from '@/lib/access/locale'
import { closeDatabase, pool, prisma } from '@/lib/db'
import { toFindingId } from '@/lib/domain/findings/filter'
import { LOCALE_COOKIE } from '@/lib/locale'
import { log } from '@/lib/log'
import { createToken } from '@/lib/store/people/tokens'
import { browser, signInAs, signOut } from '../support/browser'
import { Line } from '../support/line'
import { accessOf, addFinding, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const direct = process.env.DATABASE_URL ?? ''
const name = new URL(direct).pathname.slice(1)
const line = new Line(direct)
const admin = new pg.Client({ connectionString: inject('adminUrl') })
// Where the test stands in for the database that goes away.
const ignoreBroken = () => undefined
let token = ''
let finding = ''

beforeAll(async () => {
  await admin.connect()
  process.env.DATABASE_URL = await line.open()
  pool().on('error', ignoreBroken)
  const member = await addMember('admin')
  await signInAs(member)
  const made = await createToken(accessOf(member, 'admin'), {
    name: 'reader',
    permissions: ['findings:read'],
    limited: false,
    accounts: [],
    expiresAt: new Date(Date.now() + 86_400_000),
  })
  token = made.token
  await prisma().account.create({ data: { id: '123456789012' } })
  finding = (await addFinding('123456789012')).id
})
beforeEach(() => {
  browser.headers = new Headers({ 'accept-language': 'en' })
})
afterAll(async () => {
  signOut()
  await closeDatabase()
  await admin.end()
  await line.cut()
})

const ask = () =>
  listFindings(new Request('http://localhost/api/v1/findings', { headers: { authorization: `Bearer ${token}` } }), {
    params: Promise.resolve({}),
  })

test('on a read-only database, pages and the API can be read without any record of it', async () => {
  await pool().query(`UPDATE session SET last_used_at = now() - interval '10 minutes'`)
  await pool().query(`UPDATE api_token SET last_used_at = now() - interval '10 minutes'`)
  await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  await closeDatabase()
  pool().on('error', ignoreBroken)
  expect(await currentMember()).toMatchObject({ role: 'admin' })
  expect((await ask()).status).toBe(200)
  const selection = { ids: [toFindingId('123456789012', finding)] }
  expect(await comment({ selection, text: 'x' })).toMatchObject({ ok: false, code: 'no_space' })
  await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
  await closeDatabase()
  pool().on('error', ignoreBroken)
  const { rows } = await pool().query(`SELECT last_used_at < now() - interval '9 minutes' AS old FROM session`)
  expect(rows).toEqual([{ old: true }])
})

test('while the database is unavailable nobody is signed out or sent to sign-in, and an action returns a sentence', async () => {
  await line.cut()
  await expect(currentMember()).rejects.not.toMatchObject({ digest: expect.stringContaining('NEXT_REDIRECT') })
  await expect(requireAccess()).rejects.not.toMatchObject({ digest: expect.stringContaining('NEXT_REDIRECT') })
  expect(await currentLocale()).toBe('en')
  browser.cookies.set(LOCALE_COOKIE, { value: 'ja' })
  expect(await currentLocale()).toBe('ja')
  const answer = await comment({ selection: { ids: [] }, text: 'x' })
  expect(answer).toMatchObject({ ok: false, code: 'unavailable' })
  expect(answer).toHaveProperty('message', expect.stringContaining('データベースに接続できません'))
  expect((await ask()).status).toBe(503)
  await line.open()
  expect(await currentMember()).toMatchObject({ role: 'admin' })
})
