import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { createChallenge, dropExpiredChallenges, redeemChallenge } from '../../lib/store/passkeys/challenges'
import { beginPasskeyProof, verifyPasskeyProof } from '../../lib/store/passkeys/proof'
import { beginPasskeySignIn } from '../../lib/store/passkeys/sign-in'
import { jobAccess } from '../support/job'
import { memberWithPasskey, party } from '../support/passkeys'

log.level = 'silent'

const SESSION = '00000000-0000-4000-8000-000000000003'
const IP = '192.0.2.71'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, passkey, passkey_challenge, audit_throttle')
})
afterAll(closeDatabase)

describe('a proof by one member', () => {
  const use = (member: string) => ({ purpose: 'recent', member, session: SESSION }) as const

  test('requests only their own passkeys and accepts no other', async () => {
    const [ann, bob] = [await memberWithPasskey(), await memberWithPasskey()]
    const options = await beginPasskeyProof(party, use(ann.member.id))
    expect(options.allowCredentials).toMatchObject([{ id: ann.device.id }])
    const proving = verifyPasskeyProof(party, use(ann.member.id), bob.device.get(options), IP)
    await expect(proving).rejects.toMatchObject({ reason: 'passkeyRefused' })
    const refused = { where: { action: 'session.verify-refused' }, orderBy: { id: 'desc' } } as const
    expect(await prisma().auditEntry.findFirst(refused)).toMatchObject({
      target: `member:${ann.member.id}`,
      detail: { reason: 'otherMember' },
    })
    const again = await beginPasskeyProof(party, use(ann.member.id))
    const proved = await verifyPasskeyProof(party, use(ann.member.id), ann.device.get(again), IP)
    expect(proved.member.id).toBe(ann.member.id)
  })

  test('is invalid in another session', async () => {
    const { member, device } = await memberWithPasskey()
    const options = await beginPasskeyProof(party, use(member.id))
    const elsewhere = { ...use(member.id), session: crypto.randomUUID() }
    const proving = verifyPasskeyProof(party, elsewhere, device.get(options), IP)
    await expect(proving).rejects.toMatchObject({ reason: 'passkeyExpired' })
  })
})

describe('challenges', () => {
  test('without an answer are deleted', async () => {
    const use = { purpose: 'sign-in', member: null, session: null } as const
    const bytes = await createChallenge(use)
    await dropExpiredChallenges(jobAccess('end-sessions'))
    expect(await prisma().passkeyChallenge.count()).toBe(1)
    await pool().query(`UPDATE passkey_challenge SET expires_at = now() - interval '1 second'`)
    await dropExpiredChallenges(jobAccess('end-sessions'))
    expect(await prisma().passkeyChallenge.count()).toBe(0)
    expect(await redeemChallenge(Buffer.from(bytes).toString('base64url'), use)).toBe(false)
  })

  test('are handed out to one network at a limited rate', async () => {
    const network = '2001:db8:77::1'
    const asked = await Promise.allSettled(Array.from({ length: 260 }, () => beginPasskeySignIn(party, network)))
    const refused = asked.filter(result => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({ reason: { code: 'too_many_requests' } })
    await expect(beginPasskeySignIn(party, '2001:db8:78::1')).resolves.toBeDefined()
  })
})
