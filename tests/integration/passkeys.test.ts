import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { listOwnPasskeys } from '../../lib/queries/sign-in/passkeys'
import { addPasskey, beginPasskey, removePasskey, renamePasskey } from '../../lib/store/passkeys/passkeys'
import { beginPasskeyProof } from '../../lib/store/passkeys/proof'
import { beginPasskeySignIn, signInWithPasskey } from '../../lib/store/passkeys/sign-in'
import { removeMember } from '../../lib/store/people/members'
import { Authenticator, type Twist } from '../support/passkey-device'
import { memberWithPasskey, party, signedIn } from '../support/passkeys'
import { accessOf, addMember } from '../support/people'

log.level = 'silent'

const SESSION = '00000000-0000-4000-8000-000000000001'
const IP = '192.0.2.70'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, passkey, passkey_challenge, audit_throttle')
})
afterAll(closeDatabase)

const begin = () => beginPasskeySignIn(party, IP)
const signIn = (given: unknown) => signInWithPasskey(party, given, IP)

async function lastAudit(action: string) {
  return prisma().auditEntry.findFirst({ where: { action }, orderBy: { id: 'desc' } })
}

describe('registering a passkey', () => {
  test('requests a discoverable one with user verification, and stores it with a name', async () => {
    const { member, access, device, id } = await memberWithPasskey({ synced: true })
    const options = await beginPasskey(access, access.actor.id, party)
    expect(options).toMatchObject({
      rp: { id: party.id },
      user: { name: member.email, displayName: member.name },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: device.id, transports: ['internal'] }],
    })
    expect(Buffer.from(options.user.id, 'base64url').toString('hex')).toBe(member.id.replaceAll('-', ''))
    expect(await listOwnPasskeys(access)).toEqual([
      { id, name: 'Laptop', createdAt: expect.any(Date), lastUsedAt: null, isSynced: true },
    ])
    expect(await lastAudit('passkey.create')).toMatchObject({
      actorId: member.id,
      target: `member:${member.id}`,
      detail: { name: 'Laptop', passkey: id, synced: true },
    })
  })

  test.each<[string, Twist]>([
    ['another origin', { origin: 'https://hinomi.example.com.evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { userVerified: false }],
    ['no user presence', { userPresent: false }],
    ['an assertion in place of it', { type: 'webauthn.get' }],
    ['a frame of another site', { crossOrigin: true }],
    ['an attestation that nobody asked for', { format: 'fido-u2f' }],
    ['an unknown attestation', { format: 'made-up' }],
  ])('refuses %s', async (_what, twist) => {
    const member = await signedIn('member')
    const access = accessOf(member, 'member')
    const device = new Authenticator(party.origin, party.id)
    const registration = device.create(await beginPasskey(access, access.actor.id, party), twist)
    const adding = addPasskey(access, access.actor.id, party, { name: 'x', registration })
    await expect(adding).rejects.toMatchObject({ reason: 'passkeyRefused' })
    expect(await prisma().passkey.count()).toBe(0)
  })

  // To check certificates the library would fetch the addresses of revocation lists that they name.
  test.each(['packed', 'android-key', 'apple', 'tpm', 'fido-u2f'])('refuses certificates of %s', async format => {
    const access = accessOf(await signedIn('member'), 'member')
    const device = new Authenticator(party.origin, party.id)
    const statement = new Map([['x5c', [new Uint8Array(9)]]])
    const registration = device.create(await beginPasskey(access, access.actor.id, party), { format, statement })
    const adding = addPasskey(access, access.actor.id, party, { name: 'x', registration })
    await expect(adding).rejects.toMatchObject({ reason: 'passkeyRefused' })
  })

  test('accepts a challenge of this member and this session once, within 5 minutes', async () => {
    const [ann, bob] = [await signedIn('member'), await signedIn('member')]
    const [access, other] = [accessOf(ann, 'member'), accessOf(bob, 'member')]
    const device = new Authenticator(party.origin, party.id)
    const add = (registration: ReturnType<typeof device.create>, session = access.actor.id, who = access) =>
      addPasskey(who, session, party, { name: 'x', registration })
    const expired = { reason: 'passkeyExpired' }
    const options = () => beginPasskey(access, access.actor.id, party)
    await expect(add(device.create(await options()), access.actor.id, other)).rejects.toMatchObject(expired)
    await expect(add(device.create(await options()), crypto.randomUUID())).rejects.toMatchObject(expired)
    const signInChallenge = await begin()
    const asSignIn = device.create({ ...(await options()), challenge: signInChallenge.challenge })
    await expect(add(asSignIn)).rejects.toMatchObject(expired)
    const late = device.create(await options())
    await pool().query(`UPDATE passkey_challenge SET expires_at = now() - interval '1 second'`)
    await expect(add(late)).rejects.toMatchObject(expired)
    const good = device.create(await options())
    await add(good)
    await expect(add(good)).rejects.toMatchObject(expired)
  })

  test('never overwrites a registered credential', async () => {
    const { device } = await memberWithPasskey()
    const thief = accessOf(await signedIn('member'), 'member')
    const registration = device.create(await beginPasskey(thief, thief.actor.id, party))
    const adding = addPasskey(thief, thief.actor.id, party, { name: 'x', registration })
    await expect(adding).rejects.toMatchObject({ reason: 'passkeyKnown' })
  })

  test('in progress is discarded if the session ends meanwhile', async () => {
    const access = accessOf(await signedIn('member'), 'member')
    const registration = new Authenticator(party.origin, party.id).create(
      await beginPasskey(access, access.actor.id, party),
    )
    const reset = await pool().connect()
    await reset.query('BEGIN')
    await reset.query('SELECT FROM member WHERE id = $1 FOR UPDATE', [access.actor.id])
    const adding = addPasskey(access, access.actor.id, party, { name: 'x', registration })
    const outcome = expect(adding).rejects.toMatchObject({ reason: 'signInExpired' })
    await reset.query('UPDATE session SET ended_at = now() WHERE member_id = $1', [access.actor.id])
    await reset.query('COMMIT')
    reset.release()
    await outcome
    expect(await prisma().passkey.count()).toBe(0)
  })

  test('ends at 20 passkeys, also of many at the same moment', async () => {
    const member = await signedIn('member')
    const access = accessOf(member, 'member')
    const registrations = []
    for (let count = 0; count < 22; count++) {
      const device = new Authenticator(party.origin, party.id)
      registrations.push(device.create(await beginPasskey(access, access.actor.id, party)))
    }
    const added = await Promise.allSettled(
      registrations.map(registration => addPasskey(access, access.actor.id, party, { name: 'x', registration })),
    )
    const refused = added.flatMap(each => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused).toMatchObject([{ reason: 'passkeysFull' }, { reason: 'passkeysFull' }])
    await expect(beginPasskey(access, access.actor.id, party)).rejects.toMatchObject({ reason: 'passkeysFull' })
  })

  test('renaming and removing are for the own ones only', async () => {
    const { member, access, device, id } = await memberWithPasskey()
    const stranger = accessOf(await signedIn('admin'), 'admin')
    await expect(renamePasskey(stranger, stranger.actor.id, { id, name: 'mine' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(removePasskey(stranger, stranger.actor.id, { id })).rejects.toMatchObject({ code: 'not_found' })
    await renamePasskey(access, access.actor.id, { id, name: 'Phone' })
    const detail = { name: 'Phone', before: 'Laptop', passkey: id }
    expect(await lastAudit('passkey.rename')).toMatchObject({ target: `member:${member.id}`, detail })
    expect(await removePasskey(access, access.actor.id, { id })).toEqual({ credentialId: device.id })
    expect(await lastAudit('passkey.remove')).toMatchObject({ detail: { name: 'Phone', passkey: id } })
    await expect(removePasskey(access, access.actor.id, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(signIn(device.get(await begin()))).rejects.toMatchObject({ reason: 'passkeyUnknown' })
  })
})

describe('signing in with a passkey', () => {
  test('starts a complete session and records it in the audit log', async () => {
    const { member, access, device } = await memberWithPasskey()
    const options = await begin()
    expect(options).toMatchObject({ rpId: party.id, userVerification: 'required', allowCredentials: [] })
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
    const signedIn = await signIn(device.get(options))
    expect(signedIn?.id).toBe(member.id)
    const session = await prisma().session.findUnique({ where: { id: signedIn?.session ?? '' } })
    expect(session).toMatchObject({ memberId: member.id, stage: 'complete', endedAt: null })
    expect(await lastAudit('session.start')).toMatchObject({ actorId: member.id, ip: IP, detail: { by: 'passkey' } })
    const [passkey] = await listOwnPasskeys(access)
    expect(passkey?.lastUsedAt).toBeInstanceOf(Date)
  })

  test.each<[string, Twist, string]>([
    ['another origin', { origin: 'https://evil.example' }, 'wrong'],
    ['plain http', { origin: 'http://hinomi.example.com' }, 'wrong'],
    ['another port', { origin: 'https://hinomi.example.com:8443' }, 'wrong'],
    ['another relying party', { rpId: 'evil.example' }, 'wrong'],
    ['no user verification', { userVerified: false }, 'wrong'],
    ['no user presence', { userPresent: false }, 'wrong'],
    ['a forged signature', { forged: true }, 'wrong'],
    ['a registration in place of it', { type: 'webauthn.create' }, 'wrong'],
    ['no user handle', { userHandle: undefined }, 'wrong'],
    ['the user handle of somebody else', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'wrong'],
    ['a device-bound passkey that is suddenly synced', { synced: true }, 'wrong'],
    ['a frame of another site', { crossOrigin: true }, 'invalid'],
    ['a credential that nobody registered', { id: 'bm9ib2R5' }, 'unknown'],
    ['a challenge of its own making', { challenge: 'A'.repeat(43) }, 'challenge'],
    ['a counter that stays', { counter: 1 }, 'counter'],
    ['a counter that goes back to nothing', { counter: 0 }, 'counter'],
  ])('refuses %s, and records it in the audit log', async (_what, twist, reason) => {
    const { device } = await memberWithPasskey()
    await expect(signIn(device.get(await begin(), twist))).rejects.toMatchObject({
      reason: expect.stringMatching(/^passkey(Refused|Expired|Unknown|Copied)$/),
    })
    expect(await prisma().session.count({ where: { beganBy: 'passkey' } })).toBe(0)
    const entry = await lastAudit('session.refused')
    expect(entry).toMatchObject({ actorKind: 'anonymous', ip: IP, detail: { by: 'passkey', reason } })
  })

  test('reports the passkey whose counter decreased, and its member; forging that requires the key', async () => {
    const { member, device } = await memberWithPasskey()
    await signIn(device.get(await begin(), { counter: 9 }))
    await expect(signIn(device.get(await begin(), { counter: 5 }))).rejects.toMatchObject({ reason: 'passkeyCopied' })
    expect(await lastAudit('session.refused')).toMatchObject({
      target: `member:${member.id}`,
      detail: { email: member.email, reason: 'counter', passkey: 'Laptop' },
    })
    const forged = device.get(await begin(), { counter: 5, forged: true })
    await expect(signIn(forged)).rejects.toMatchObject({ reason: 'passkeyRefused' })
    expect((await signIn(device.get(await begin(), { counter: 10 })))?.id).toBe(member.id)
  })

  test('accepts an authenticator without a counter every time', async () => {
    const { member, device } = await memberWithPasskey({ counter: 0 })
    for (let time = 0; time < 3; time++) expect((await signIn(device.get(await begin())))?.id).toBe(member.id)
  })

  test('accepts an answer once, even of two at the same time', async () => {
    const { device } = await memberWithPasskey({ counter: 0 })
    const answer = device.get(await begin())
    const both = await Promise.allSettled([signIn(answer), signIn(answer), signIn(answer)])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(signIn(answer)).rejects.toMatchObject({ reason: 'passkeyExpired' })
    expect(await prisma().session.count({ where: { beganBy: 'passkey' } })).toBe(1)
  })

  test('accepts no challenge that expired or has another purpose', async () => {
    const { member, device } = await memberWithPasskey()
    const late = await begin()
    await pool().query(`UPDATE passkey_challenge SET expires_at = now() - interval '1 second'`)
    await expect(signIn(device.get(late))).rejects.toMatchObject({ reason: 'passkeyExpired' })
    for (const purpose of ['register', 'second-step', 'recent'] as const) {
      const options = await beginPasskeyProof(party, { purpose, member: member.id, session: SESSION })
      await expect(signIn(device.get(options)), purpose).rejects.toMatchObject({ reason: 'passkeyExpired' })
    }
    expect(await prisma().session.count({ where: { beganBy: 'passkey' } })).toBe(0)
  })

  test.each([null, 7, '', 'x', [], {}, { id: 'x' }, { id: '\0', rawId: '', type: 'public-key', response: null }])(
    'refuses garbage: %j',
    async garbage => {
      await expect(signIn(garbage)).rejects.toMatchObject({ reason: 'passkeyRefused' })
    },
  )

  test('refuses empty client data and authenticator data', async () => {
    const { device } = await memberWithPasskey()
    const good = async () => device.get(await begin())
    for (const change of [{ clientDataJSON: 'AAAA' }, { authenticatorData: 'AAAA' }, { signature: 'AAAA' }]) {
      const answer = await good()
      const broken = { ...answer, response: { ...answer.response, ...change } }
      await expect(signIn(broken)).rejects.toMatchObject({ reason: 'passkeyRefused' })
    }
  })

  test('admits no removed member, and deletes their passkeys', async () => {
    const admin = await addMember('admin')
    const { member, device } = await memberWithPasskey()
    await removeMember(accessOf(admin, 'admin'), { id: member.id })
    expect(await prisma().passkey.count()).toBe(0)
    await expect(signIn(device.get(await begin()))).rejects.toMatchObject({ reason: 'passkeyUnknown' })
    // Also where the row is still there.
    const late = await memberWithPasskey()
    await prisma().member.update({ where: { id: late.member.id }, data: { removedAt: new Date() } })
    await expect(signIn(late.device.get(await begin()))).rejects.toMatchObject({ reason: 'passkeyUnknown' })
    const adding = beginPasskey(late.access, late.access.actor.id, party).then(options =>
      addPasskey(late.access, late.access.actor.id, party, { name: 'x', registration: late.device.create(options) }),
    )
    await expect(adding).rejects.toMatchObject({ code: 'not_found' })
  })
})
