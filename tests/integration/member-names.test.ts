import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { listAudit, listAuditActors } from '../../lib/queries/audit/audit'
import { listExceptions } from '../../lib/queries/exceptions/exceptions'
import { getFinding } from '../../lib/queries/findings/finding'
import { requestException } from '../../lib/store/exceptions/request'
import { addComment } from '../../lib/store/findings/triage'
import { acceptInvite, acceptInviteByEmail, createInvite } from '../../lib/store/people/invites'
import { updateProfile } from '../../lib/store/people/profile'
import { accessOf, addFinding, addMember } from '../support/people'

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, finding, exception, finding_count, source_count')
})
afterAll(closeDatabase)

const password = 'the new password of a test'
const taken = { reason: 'nameTaken', field: 'name' }

async function invite(email: string): Promise<string> {
  const admin = accessOf(await addMember('admin'), 'admin')
  return (await createInvite(admin, { email, role: 'member', teams: ['sre'], limited: false, accounts: [] })).token
}

describe('the name of another member is refused', () => {
  test.each(['Lead', 'ＬＥＡＤ', ' lead ', 'le\u00ADad'])('by renaming themselves to %j', async name => {
    await addMember('lead', { name: 'Lead' })
    const member = await addMember('member')
    await expect(updateProfile(accessOf(member, 'member'), { name, locale: null })).rejects.toMatchObject(taken)
    await updateProfile(accessOf(member, 'member'), { name: member.name.toUpperCase(), locale: null })
  })

  test('when joining, and the link stays valid for another name', async () => {
    await addMember('lead', { name: 'Lead' })
    const token = await invite('new@example.com')
    await expect(acceptInvite(token, { name: 'LEAD', password }, null)).rejects.toMatchObject(taken)
    await acceptInvite(token, { name: 'Somebody else', password }, null)
  })

  test('when a provider sends it', async () => {
    await addMember('lead', { name: 'Lead' })
    await invite('new@example.com')
    const joined = await acceptInviteByEmail({ email: 'new@example.com', name: 'le\u202Ead' }, 'oidc', null)
    expect(joined?.name).toBe('le ad')
    await invite('late@example.com')
    const late = await acceptInviteByEmail({ email: 'late@example.com', name: 'LEAD' }, 'oidc', null)
    expect(late?.name).toBe('LEAD (late@example.com)')
  })

  test('at the same moment', async () => {
    const people = [await addMember('member'), await addMember('member'), await addMember('member')]
    const work = people.map(member => updateProfile(accessOf(member, 'member'), { name: 'Same', locale: null }))
    expect((await Promise.allSettled(work)).map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ])
  })

  test('but the name of a removed member is available again', async () => {
    await addMember('lead', { name: 'Lead', removedAt: new Date() })
    const member = await addMember('member')
    await updateProfile(accessOf(member, 'member'), { name: 'Lead', locale: null })
  })
})

describe('the address is shown next to a name', () => {
  test('in the audit log, with the id', async () => {
    const member = await addMember('admin')
    const access = accessOf(member, 'admin')
    await updateProfile(access, { name: 'A new name', locale: null })
    const { rows } = await listAudit(access, { actor: member.id, action: null }, null)
    expect(rows[0]).toMatchObject({ actorId: member.id, actorName: member.name, actorEmail: member.email })
    expect(await listAuditActors(access)).toContainEqual({ id: member.id, name: 'A new name', email: member.email })
  })

  test('in the history of a finding and with an exception', async () => {
    const member = await addMember('admin')
    const access = accessOf(member, 'admin')
    const finding = await addFinding('111111111111')
    const id = toFindingId(finding.accountId, finding.id)
    await addComment(access, { selection: { ids: [id] }, text: 'I was here' })
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    await requestException(access, { kind: 'accepted', reason: 'a test', controls: 'how', until, finding: id })
    const detail = await getFinding(access, id)
    expect(detail?.events.find(({ kind }) => kind === 'comment')).toMatchObject({ actorEmail: member.email })
    const { rows } = await listExceptions(access, 'waiting', { cursor: null, limit: 10 })
    expect(rows[0]).toMatchObject({ requestedName: member.name, requestedEmail: member.email, decidedEmail: null })
  })
})
