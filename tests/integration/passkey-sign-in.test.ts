import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { log } from '../../lib/log'
import { addPasskey, beginPasskey } from '../../lib/store/passkeys/passkeys'
import { beginPasskeySignIn } from '../../lib/store/passkeys/sign-in'
import { Browser, startAuthServer } from '../support/auth-server'
import { Authenticator } from '../support/passkey-device'
import { accessOf, addMember } from '../support/people'

log.level = 'silent'

const COOKIE = 'next-auth.session-token'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, passkey, passkey_challenge, audit_throttle')
})
afterEach(() => {
  env().HINOMI_PASSWORDS = 'on'
})
afterAll(closeDatabase)

/** A browser at the product on localhost, and the device of a member in it. */
async function arrive() {
  const server = await startAuthServer()
  const origin = server.url.replace('127.0.0.1', 'localhost')
  const party = { id: 'localhost', origin }
  const member = await addMember('lead')
  const access = accessOf(member, 'lead')
  const { id: session } = await prisma().session.create({ data: { memberId: member.id } })
  const device = new Authenticator(origin, 'localhost')
  const registration = device.create(await beginPasskey(access, session, party))
  await addPasskey(access, session, party, { name: 'Laptop', registration })
  const answer = async () => JSON.stringify(device.get(await beginPasskeySignIn(party, null)))
  return { ...server, origin, member, answer, browser: new Browser(origin) }
}

const send = (browser: Browser, fields: Record<string, string>) => browser.post('/api/auth/callback/passkey', fields)

test('an answer is exchanged once for the cookie of a new session', async () => {
  const { browser, member, answer, origin, close } = await arrive()
  const assertion = await answer()
  expect((await send(browser, { assertion })).status).toBe(200)
  expect(browser.cookies.get(COOKIE)).toBeTruthy()
  expect(await prisma().session.findMany({ where: { beganBy: 'passkey' } })).toMatchObject([
    { memberId: member.id, stage: 'complete' },
  ])
  const thief = new Browser(origin)
  const replayed = await send(thief, { assertion })
  expect(replayed.status).toBe(401)
  expect(await replayed.text()).toContain('error=passkeyExpired')
  expect(thief.cookies.get(COOKIE)).toBeUndefined()
  await close()
})

test('invalid data, missing data and an address without passkeys admit nobody', async () => {
  const { browser, answer, url, close } = await arrive()
  for (const fields of [{}, { assertion: '' }, { assertion: '{"id":' }, { assertion: 'null' }] as const) {
    const refused = await send(browser, fields)
    expect(refused.status).toBe(401)
    expect(await refused.text()).toContain('error=passkeyRefused')
  }
  const elsewhere = new Browser(url)
  const refused = await send(elsewhere, { assertion: await answer() })
  expect(await refused.text()).toContain('error=passkeysUnavailable')
  expect([browser.cookies.get(COOKIE), elsewhere.cookies.get(COOKIE)]).toEqual([undefined, undefined])
  await close()
})

test('with single sign-on only, passkeys are not accepted', async () => {
  const { browser, answer, close } = await arrive()
  const assertion = await answer()
  env().HINOMI_PASSWORDS = 'off'
  const refused = await send(browser, { assertion })
  expect(await refused.text()).toContain('error=passkeysUnavailable')
  expect(await prisma().session.count({ where: { beganBy: 'passkey' } })).toBe(0)
  await close()
})
