import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { findDifferences } from '../../lib/queries/check/check'
import { listTeams, listTeamUses } from '../../lib/queries/teams/teams'
import { registerAccount, updateAccount } from '../../lib/store/accounts/accounts'
import { setStatus, setTeam } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { createInvite } from '../../lib/store/people/invites'
import { updateMember } from '../../lib/store/people/members'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { retireTeam } from '../../lib/store/teams/retire'
import { createTeam, makeDefaultTeam, renameTeam, restoreTeam } from '../../lib/store/teams/teams'
import { clear } from '../support/organisation'
import { accessOf, addFinding, addMember, adminAccess } from '../support/people'
import { resetTeams } from '../support/teams'
import { expectConsistent } from './support-check'
import { asff, at, ingest, job, newAccount } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

beforeEach(async () => {
  await clear()
  await resetTeams()
  await pool().query('TRUNCATE setting, policy_work, invite, exception')
})
afterAll(closeDatabase)

const platform = { id: 'platform', kind: 'infrastructure' as const, nameEn: 'Platform', nameJa: 'プラットフォーム' }
const leadAccess = async () => accessOf(await addMember('lead'), 'lead')
const lastAudit = () => prisma().auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
async function routeAll(): Promise<void> {
  while (await routeFindings(job));
}

describe('a team', () => {
  test('is added after the others, renamed, and made the default of its kind', async () => {
    const lead = await leadAccess()
    await createTeam(lead, platform)
    expect((await listTeams(lead)).map(team => team.id)).toEqual(['sre', 'csirt', 'cit', 'platform'])
    await renameTeam(lead, { id: 'sre', nameEn: 'Operations', nameJa: '運用' })
    expect((await listTeams(lead))[0]).toMatchObject({ id: 'sre', nameEn: 'Operations', nameJa: '運用' })
    expect(await lastAudit()).toMatchObject({ action: 'team.rename', target: 'team:sre', actorId: lead.actor.id })
    await makeDefaultTeam(lead, { id: 'platform' })
    expect((await listTeams(lead)).map(team => team.id)).toEqual(['platform', 'sre', 'csirt', 'cit'])
    expect(await lastAudit()).toMatchObject({ action: 'team.default', detail: { before: 'sre', after: 'platform' } })
  })

  test.each([
    [{ ...platform, id: 'sre' }, 'teamExists'],
    [{ ...platform, nameEn: 'csirt' }, 'teamNameTaken'],
    [{ ...platform, nameJa: 'SRE' }, 'teamNameTaken'],
  ])('%j is refused: %s', async (input, reason) => {
    await expect(createTeam(await leadAccess(), input)).rejects.toMatchObject({ code: 'conflict', reason })
  })

  test('gets the findings that the default routes to its kind, and those of accounts with its tag', async () => {
    const lead = await leadAccess()
    const account = newAccount()
    await registerAccount(lead, {
      id: account,
      name: 'x',
      environment: null,
      ownerTeam: 'cit',
      tags: { 'owner-team': 'Platform' },
    })
    await ingest([asff({ account, control: 'S3.99' }), asff({ account, control: 'IAM.6' })], { observedAt: at(1) })
    const teams = async () =>
      (await prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })).map(f => f.team)
    expect(await teams()).toEqual(['sre', 'cit'])
    await createTeam(lead, platform)
    await routeAll()
    expect(await teams()).toEqual(['sre', 'platform'])
    await makeDefaultTeam(lead, { id: 'platform' })
    await routeAll()
    expect(await teams()).toEqual(['platform', 'platform'])
    const discovered = newAccount()
    await ingest([asff({ account: discovered })], { observedAt: at(1) })
    expect(await prisma().account.findUnique({ where: { id: discovered } })).toMatchObject({ ownerTeam: 'platform' })
    await expectConsistent()
  })

  test('is never deleted, and keeps its id and kind, even in direct writes', async () => {
    for (const statement of [
      `DELETE FROM team WHERE id = 'cit'`,
      `UPDATE team SET id = 'it' WHERE id = 'cit'`,
      `UPDATE team SET kind = 'infrastructure' WHERE id = 'cit'`,
      `INSERT INTO account (id, owner_team) VALUES ('999999999999', 'nobody')`,
    ])
      await expect(pool().query(statement), statement).rejects.toThrow()
  })
})

describe('a team that is retired', () => {
  test('hands everything to its successor in one go, with a line in each history', async () => {
    const lead = await leadAccess()
    await createTeam(lead, platform)
    const account = newAccount()
    await registerAccount(lead, { id: account, name: 'x', environment: null, ownerTeam: 'platform', tags: {} })
    const member = await addMember('member', { teams: ['platform'] })
    const both = await addMember('member', { teams: ['sre', 'platform'] })
    const admin = await adminAccess()
    await createInvite(admin, {
      email: 'new@example.com',
      role: 'member',
      teams: ['platform'],
      limited: false,
      accounts: [],
    })
    await saveRouting(lead, {
      rules: [RoutingRule.parse({ name: 'x', control: 'S3.*', team: 'platform' })],
      seen: null,
    })
    const open = await addFinding(account, { team: 'platform', control: 'EC2.8', teamBy: 'hand' })
    const excepted = await addFinding(account, { team: 'platform', status: 'accepted', teamBy: 'hand' })
    const closed = await addFinding(account, {
      team: 'platform',
      status: 'resolved',
      teamBy: 'hand',
      resolvedAt: at(2),
      resolvedReason: 'hand',
    })
    expect((await listTeamUses(lead)).find(use => use.id === 'platform')).toMatchObject({
      findings: 1,
      accounts: 1,
      members: 2,
    })
    const handed = await retireTeam(lead, { id: 'platform', successor: 'sre' })
    expect(handed).toEqual({ findings: 2, accounts: 1, members: 2, invites: 1, rules: 1 })
    expect(await lastAudit()).toMatchObject({ action: 'team.retire', detail: { successor: 'sre', ...handed } })
    const teamsOf = async (id: string) => (await prisma().member.findUniqueOrThrow({ where: { id } })).teams
    expect([await teamsOf(member.id), await teamsOf(both.id)]).toEqual([['sre'], ['sre']])
    expect(await prisma().account.findUnique({ where: { id: account } })).toMatchObject({ ownerTeam: 'sre' })
    expect(await prisma().invite.findFirst()).toMatchObject({ teams: ['sre'] })
    const findings = await prisma().finding.findMany({ where: { accountId: account } })
    const teamIn = (id: string) => findings.find(finding => finding.id === id)
    expect(teamIn(open.id)).toMatchObject({ team: 'sre', teamBy: 'hand' })
    expect(teamIn(excepted.id)).toMatchObject({ team: 'sre' })
    // History and lists of resolved findings still name it; a reopened finding is routed again.
    expect(teamIn(closed.id)).toMatchObject({ team: 'platform', teamBy: 'routing' })
    const events = await prisma().findingEvent.findMany({ where: { accountId: account } })
    expect(events.map(({ findingId, kind, before, after }) => ({ findingId, kind, before, after }))).toEqual(
      expect.arrayContaining(
        [open, excepted].map(({ id }) => ({ findingId: id, kind: 'team', before: 'platform', after: 'sre' })),
      ),
    )
    await setStatus(lead, { selection: { ids: [toFindingId(account, closed.id)] }, status: 'new' })
    await routeAll()
    expect(await prisma().finding.findMany({ where: { team: 'platform' } })).toEqual([])
    expect((await listTeams(lead)).find(team => team.id === 'platform')).toMatchObject({
      retired: true,
      successor: 'sre',
    })
  })

  test.each([
    ['csirt', 'sre', 'teamLast'],
    ['platform', 'csirt', 'teamSuccessor'],
    ['platform', 'platform', 'teamSuccessor'],
    ['platform', 'nobody', 'teamSuccessor'],
    ['old', 'sre', 'teamRetired'],
  ])('%s cannot be retired for %s: %s', async (id, successor, reason) => {
    const lead = await leadAccess()
    await createTeam(lead, platform)
    await createTeam(lead, { ...platform, id: 'old', nameEn: 'Old', nameJa: '旧' })
    await retireTeam(lead, { id: 'old', successor: 'sre' })
    await expect(retireTeam(lead, { id, successor })).rejects.toMatchObject({ code: 'conflict', reason })
  })

  test('cannot be assigned, and an undo returns nothing to it', async () => {
    const lead = await leadAccess()
    const admin = await adminAccess()
    await createTeam(lead, platform)
    const account = newAccount()
    await registerAccount(lead, { id: account, name: 'x', environment: null, tags: {} })
    const { id } = await addFinding(account, { team: 'platform', teamBy: 'hand' })
    const selection = { ids: [toFindingId(account, id)] }
    const { changeset } = await setTeam(lead, { selection, team: 'cit' })
    await retireTeam(lead, { id: 'platform', successor: 'sre' })
    const refused = { code: 'conflict', reason: 'teamRetired' }
    await expect(setTeam(lead, { selection, team: 'platform' })).rejects.toMatchObject(refused)
    await expect(updateAccount(lead, { id: account, ownerTeam: 'platform' })).rejects.toMatchObject(refused)
    const member = await addMember('member')
    const standing = { role: 'member' as const, teams: ['platform'], limited: false, accounts: [] }
    await expect(updateMember(admin, { id: member.id, ...standing })).rejects.toMatchObject(refused)
    await expect(createInvite(admin, { email: 'x@example.com', ...standing })).rejects.toMatchObject(refused)
    const rules = [RoutingRule.parse({ name: 'x', team: 'platform' })]
    await expect(saveRouting(lead, { rules, seen: null })).rejects.toMatchObject(refused)
    expect(await undoChange(lead, { changeset: changeset ?? '' })).toMatchObject({ restored: 0, left: 1 })
    await expect(setTeam(lead, { selection, team: 'nobody' })).rejects.toMatchObject({ reason: 'teamUnknown' })
  })

  test('comes back empty', async () => {
    const lead = await leadAccess()
    await createTeam(lead, platform)
    const account = newAccount()
    await registerAccount(lead, { id: account, name: 'x', environment: null, ownerTeam: 'platform', tags: {} })
    await retireTeam(lead, { id: 'platform', successor: 'sre' })
    await restoreTeam(lead, { id: 'platform' })
    expect((await listTeams(lead)).at(-1)).toMatchObject({ id: 'platform', retired: false, successor: null })
    expect(await prisma().account.findUnique({ where: { id: account } })).toMatchObject({ ownerTeam: 'sre' })
    await expect(restoreTeam(lead, { id: 'platform' })).rejects.toMatchObject({ reason: 'teamActive' })
  })

  test('loses the findings of an import in progress', async () => {
    const lead = await leadAccess()
    await createTeam(lead, platform)
    const account = newAccount()
    await registerAccount(lead, { id: account, name: 'x', environment: null, ownerTeam: 'platform', tags: {} })
    const records = Array.from({ length: 20 }, (_, n) => asff({ account, control: 'S3.99', resource: `b${n}` }))
    const letGo = await holdingAccount(account)
    const importing = ingest(records, { observedAt: at(1) })
    await waiting(1)
    const retiring = retireTeam(lead, { id: 'platform', successor: 'sre' })
    await waiting(2)
    await letGo()
    await Promise.all([importing, retiring])
    await routeAll()
    expect(await prisma().finding.count({ where: { accountId: account, team: 'sre' } })).toBe(20)
    // Histories of the tests before stay without their findings.
    const { differences } = await findDifferences(job)
    expect(differences.filter(({ check }) => check !== 'historyWithoutFinding')).toEqual([])
  })
})

test('a limited member manages no team', async () => {
  const account = newAccount()
  await registerAccount(job, { id: account, name: 'x', environment: null, tags: {} })
  const limited = accessOf(await addMember('lead', { limited: true, accounts: [account] }), 'lead')
  for (const work of [
    createTeam(limited, platform),
    renameTeam(limited, { id: 'sre', nameEn: 'x', nameJa: 'x' }),
    makeDefaultTeam(limited, { id: 'sre' }),
    retireTeam(limited, { id: 'sre', successor: 'cit' }),
    restoreTeam(limited, { id: 'sre' }),
    listTeamUses(limited),
  ])
    await expect(work).rejects.toMatchObject({ code: 'forbidden' })
})
