import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { GET as exportFindings } from '../../app/api/v1/findings/export/route'
import { requireTokenAccess } from '../../lib/access/api/token'
import { recordingRefusals } from '../../lib/access/refusals/refusals'
import { ANONYMOUS, flushThrottled, recordThrottled } from '../../lib/access/refusals/throttled-audit'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { ForbiddenError } from '../../lib/errors'
import { listAudit } from '../../lib/queries/audit/audit'
import { route } from '../../lib/route'
import { changePassword } from '../../lib/store/people/profile'
import { createToken, revokeToken } from '../../lib/store/people/tokens'
import { signInWithIdentity, signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { jobAccess } from '../support/job'
import { accessOf, addMember, adminAccess } from '../support/people'

const job = jobAccess('test')
const ip = '198.51.100.7'
const MINUTE = 60_000

beforeEach(async () => {
  await pool().query(`TRUNCATE member, api_token, sign_in_attempt, audit_throttle`)
})
afterAll(closeDatabase)

/** What work adds to the audit log, without the use of tokens unless it is the subject. */
async function entriesOf(work: () => Promise<unknown>, left = 'token.use') {
  const last = await prisma().auditEntry.findFirst({ orderBy: { id: 'desc' } })
  await work()
  const rows = await prisma().auditEntry.findMany({ where: { id: { gt: last?.id ?? 0 } }, orderBy: { id: 'asc' } })
  return rows.filter(({ action }) => action !== left).map(({ id: _id, at: _at, ...row }) => row)
}

const bearing = (token: string, path = '/api/v1/findings?q=secret') =>
  new Request(`http://localhost${path}`, { headers: { authorization: `Bearer ${token}` } })
const input = (more = {}) => ({
  name: 'collector',
  permissions: ['findings:read' as const],
  limited: false,
  accounts: [],
  expiresAt: new Date(Date.now() + 86_400_000),
  ...more,
})

describe('a refused sign-in', () => {
  test('is recorded with the member whose address was typed', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword('correct horse battery') })
    const rows = await entriesOf(() => signInWithPassword({ email: member.email, password: 'my old password' }, ip))
    expect(rows).toMatchObject([
      {
        action: 'session.refused',
        actorKind: 'anonymous',
        actorId: '',
        ip,
        target: `member:${member.id}`,
        detail: { email: member.email, by: 'password', reason: 'wrong' },
      },
    ])
  })

  test.each(['MyPassword1234!', 'mypassword@1234.example'])(
    'keeps nothing of %s in the place of the address, which may be a password',
    async email => {
      const rows = await entriesOf(() => signInWithPassword({ email, password: 'my old password' }, ip))
      expect(rows).toMatchObject([{ action: 'session.refused', target: '', ip }])
      const { rows: counted } = await pool().query('SELECT * FROM audit_throttle')
      expect(JSON.stringify([rows, counted])).not.toMatch(/mypassword|my old/i)
    },
  )

  test('by a provider is recorded too', async () => {
    const claims = { iss: 'https://issuer.example', sub: '1', email: 'stranger@example.com', email_verified: true }
    const rows = await entriesOf(() => signInWithIdentity('oidc', claims, ip))
    expect(rows).toMatchObject([
      { action: 'session.refused', target: '', detail: { by: 'oidc', reason: 'notInvited' } },
    ])
  })

  test('of a signed-in member with a wrong current password is recorded', async () => {
    const member = await addMember('lead', { passwordHash: await hashPassword('correct horse battery') })
    const change = { current: 'my other password', next: 'a new password of mine' }
    const rows = await entriesOf(() =>
      expect(changePassword(accessOf(member, 'lead'), change, null)).rejects.toMatchObject({ reason: 'wrongPassword' }),
    )
    expect(rows).toMatchObject([{ action: 'profile.refused', actorId: member.id }])
    expect(JSON.stringify(rows)).not.toContain('other password')
  })
})

describe('a refused token', () => {
  test('that does not exist is recorded without its value', async () => {
    const token = `hin_${'a'.repeat(43)}`
    const rows = await entriesOf(() => expect(requireTokenAccess(bearing(token))).rejects.toThrow())
    expect(rows).toMatchObject([
      {
        action: 'token.refused',
        actorKind: 'anonymous',
        target: '',
        detail: { reason: 'unknown', path: '/api/v1/findings' },
      },
    ])
    expect(JSON.stringify(rows)).not.toMatch(/aaaa|secret/)
  })

  test('that has expired is recorded with its name', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    await prisma().apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } })
    const expired = await entriesOf(() => expect(requireTokenAccess(bearing(token))).rejects.toThrow())
    expect(expired).toMatchObject([{ target: `token:${id}`, detail: { reason: 'expired', name: 'collector' } }])
    const second = await createToken(await adminAccess(), input({ name: 'old' }))
    await revokeToken(job, { id: second.id })
    const revoked = await entriesOf(() => expect(requireTokenAccess(bearing(second.token))).rejects.toThrow())
    expect(revoked).toMatchObject([{ target: `token:${second.id}`, detail: { reason: 'revoked', name: 'old' } }])
  })

  test('that lacks a permission is recorded as refused access', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    const rows = await entriesOf(() =>
      expect(requireTokenAccess(bearing(token), 'accounts:manage')).rejects.toThrow(ForbiddenError),
    )
    expect(rows).toMatchObject([
      {
        action: 'access.refused',
        actorKind: 'token',
        actorId: id,
        target: 'path:/api/v1/findings',
        detail: { reason: 'forbidden', needs: ['accounts:manage'] },
      },
    ])
  })
})

test('a token that is used is recorded once a day for each network', async () => {
  const { id, token } = await createToken(await adminAccess(), input())
  const use = () => requireTokenAccess(bearing(token), 'findings:read')
  const minutePasses = () => pool().query(`UPDATE api_token SET last_used_at = now() - interval '2 minutes'`)
  const rows = await entriesOf(async () => {
    await use()
    await minutePasses()
    await use()
  }, 'none')
  expect(rows).toMatchObject([
    { action: 'token.use', actorKind: 'token', actorId: id, actorName: 'collector', target: `token:${id}` },
  ])
  await pool().query(`UPDATE audit_throttle SET until = now() WHERE action = 'token.use'`)
  await minutePasses()
  expect(await entriesOf(use, 'none')).toMatchObject([{ action: 'token.use', detail: { repeats: 1 } }])
})

describe('a refused action', () => {
  test('is recorded if access was granted and the work itself refuses', async () => {
    const { id, token } = await createToken(await adminAccess(), input())
    const handler = route({
      needs: 'findings:read',
      run: async () => {
        throw new ForbiddenError('ownTeamOnly')
      },
    })
    const rows = await entriesOf(async () => {
      const answer = await handler(bearing(token), { params: Promise.resolve({}) })
      expect(answer.status).toBe(403)
    })
    expect(rows).toMatchObject([{ action: 'access.refused', actorId: id, detail: { reason: 'ownTeamOnly' } }])
  })

  test('is recorded once, however many places see its error', async () => {
    const who = accessOf(await addMember('viewer'), 'viewer')
    const error = new ForbiddenError()
    const inner = () => recordingRefusals(who, '/a?token=x', () => Promise.reject(error))
    await entriesOf(() => expect(recordingRefusals(who, '/a', inner)).rejects.toThrow())
    const { rows } = await pool().query(`SELECT waiting FROM audit_throttle WHERE action = 'access.refused'`)
    expect(rows).toEqual([{ waiting: 0 }])
  })

  test('does not include other errors', async () => {
    const who = accessOf(await addMember('viewer'), 'viewer')
    const work = () => Promise.reject(new Error('broken'))
    expect(await entriesOf(() => expect(recordingRefusals(who, '/a', work)).rejects.toThrow('broken'))).toEqual([])
  })
})

test('an export is recorded with its filter', async () => {
  const { id, token } = await createToken(await adminAccess(), input({ permissions: ['findings:read', 'export:read'] }))
  const rows = await entriesOf(async () => {
    const answer = await exportFindings(bearing(token, '/api/v1/findings/export?severity=critical'), {
      params: Promise.resolve({}),
    })
    expect(answer.status).toBe(200)
    await answer.text()
  })
  expect(rows).toMatchObject([
    { action: 'findings.export', actorId: id, target: 'findings', detail: { filter: { severity: ['critical'] } } },
  ])
})

test('exports within a minute are each recorded, so that none hides between two others', async () => {
  const { token } = await createToken(await adminAccess(), input({ permissions: ['findings:read', 'export:read'] }))
  const rows = await entriesOf(async () => {
    for (const query of ['severity=low', '', 'severity=low'])
      await exportFindings(bearing(token, `/api/v1/findings/export?${query}`), { params: Promise.resolve({}) })
  })
  expect(rows.map(row => row.detail)).toMatchObject([
    { filter: { severity: ['low'] } },
    { filter: {} },
    { filter: { severity: ['low'] } },
  ])
  expect(rows[1]?.detail).not.toHaveProperty('filter.severity')
})

describe('a flood', () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms)
  const entry = (more = {}) => ({ action: 'token.refused', actor: ANONYMOUS, ip, target: '', detail: {}, ...more })

  test('adds one entry per minute, and the next one contains their number', async () => {
    const first = await entriesOf(() => Promise.all(Array.from({ length: 40 }, () => recordThrottled(entry(), at(0)))))
    expect(first).toHaveLength(1)
    expect(first[0]?.detail).toEqual({})
    const next = await entriesOf(() => recordThrottled(entry(), at(MINUTE)))
    expect(next).toMatchObject([{ detail: { repeats: 39 } }])
  })

  test('that ends is recorded by the job, once, and its counts are cleared', async () => {
    for (let i = 0; i < 5; i++) await recordThrottled(entry(), at(0))
    expect(await entriesOf(() => flushThrottled(job, at(MINUTE - 1)))).toEqual([])
    const rows = await entriesOf(() => flushThrottled(job, at(MINUTE)))
    expect(rows).toMatchObject([{ action: 'token.refused', ip, detail: { repeats: 3 } }])
    expect((await pool().query('SELECT FROM audit_throttle')).rowCount).toBe(0)
    expect(await entriesOf(() => flushThrottled(job, at(2 * MINUTE)))).toEqual([])
  })

  test('is distinguished by action, actor and network, and an IPv6 network is one', async () => {
    const member = accessOf(await addMember('viewer'), 'viewer').actor
    const rows = await entriesOf(async () => {
      for (const more of [{}, { ip: '198.51.100.8' }, { action: 'access.refused' }, { actor: member }])
        for (let i = 0; i < 2; i++) await recordThrottled(entry(more), at(0))
      for (let i = 0; i < 20; i++) await recordThrottled(entry({ ip: `2001:db8::${i}` }), at(0))
    })
    expect(rows).toHaveLength(5)
  })

  test('from very many networks cannot fill the log', async () => {
    const rows = await entriesOf(async () => {
      for (let i = 0; i < 300; i++) await recordThrottled(entry({ ip: `2001:db8:${i.toString(16)}::1` }), at(0))
    })
    expect(rows).toHaveLength(61)
    expect(rows.at(-1)).toMatchObject({ ip: null, detail: { manyNetworks: true } })
  })

  test('of a broken log refuses all the same', async () => {
    await pool().query('ALTER TABLE audit_throttle RENAME TO audit_throttle_gone')
    try {
      await expect(requireTokenAccess(bearing('nonsense'))).rejects.toThrow('unauthenticated')
    } finally {
      await pool().query('ALTER TABLE audit_throttle_gone RENAME TO audit_throttle')
    }
  })
})

test('a reader with limited accounts sees no refusals of others', async () => {
  const limited = await addMember('auditor', { limited: true, accounts: ['111111111111'] })
  const reader = accessOf(limited, 'auditor')
  await recordThrottled({ action: 'session.refused', actor: ANONYMOUS, ip, target: 'member:x', detail: {} })
  const { rows } = await listAudit(reader, { actor: null, action: 'session.refused' }, null)
  expect(rows).toEqual([])
})
