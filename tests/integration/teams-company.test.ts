import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as accountsRoute from '../../app/api/v1/accounts/route'
import * as findingsRoute from '../../app/api/v1/findings/route'
import * as teamsRoute from '../../app/api/v1/teams/route'
import { newApiToken } from '../../lib/access/api/token'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { ApiAccounts, ApiFindings, ApiProblem } from '../../lib/domain/api/schemas'
import { everyFinding, toFindingId } from '../../lib/domain/findings/filter'
import { ApiTeams } from '../../lib/domain/people/api-team'
import { listFindings } from '../../lib/queries/findings/list'
import { getHome } from '../../lib/queries/home/home'
import { listTeams } from '../../lib/queries/teams/teams'
import { registerAccount } from '../../lib/store/accounts/accounts'
import { applyException } from '../../lib/store/exceptions/apply'
import { decideException } from '../../lib/store/exceptions/decide'
import { requestException } from '../../lib/store/exceptions/request'
import { retireTeam } from '../../lib/store/teams/retire'
import { createTeam, makeDefaultTeam, renameTeam } from '../../lib/store/teams/teams'
import { accessOf, addFinding, addMember, adminAccess } from '../support/people'
import { expectConsistent } from './support-check'
import { asff, at, ingest, newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
const account = newAccount()

/** "Platform" in place of SRE, "Product security" in place of CSIRT, and CIT under the name of "IT". */
beforeAll(async () => {
  const admin = await adminAccess()
  await createTeam(admin, { id: 'platform', kind: 'infrastructure', nameEn: 'Platform', nameJa: '基盤' })
  await createTeam(admin, {
    id: 'product-security',
    kind: 'security_response',
    nameEn: 'Product security',
    nameJa: 'プロダクトセキュリティ',
  })
  await renameTeam(admin, { id: 'cit', nameEn: 'IT', nameJa: '情報システム' })
  await makeDefaultTeam(admin, { id: 'platform' })
  await retireTeam(admin, { id: 'sre', successor: 'platform' })
  await retireTeam(admin, { id: 'csirt', successor: 'product-security' })
  await registerAccount(admin, { id: account, name: 'Shop', environment: 'production', tags: {} })
  const record = (control: string, type: string, severity = 'HIGH') => asff({ account, control, type, severity })
  await ingest(
    [
      record('S3.99', 'AwsS3Bucket'),
      record('WAF.1', 'AwsWafWebAcl'),
      record('IAM.5', 'AwsIamUser', 'MEDIUM'),
      record('IAM.6', 'AwsAccount', 'CRITICAL'),
    ],
    { observedAt: at(1) },
  )
  setClock(() => at(10))
})
afterAll(closeDatabase)

const member = async (role: 'member' | 'lead', team: string) => accessOf(await addMember(role, { teams: [team] }), role)
const findingOf = (control: string) => prisma().finding.findFirstOrThrow({ where: { accountId: account, control } })

test('findings are routed to its own teams', async () => {
  const teams = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  expect(teams.map(({ control, team }) => [control, team])).toEqual([
    ['IAM.5', 'cit'],
    ['IAM.6', 'platform'],
    ['S3.99', 'platform'],
    ['WAF.1', 'product-security'],
  ])
})

test('each team’s home shows its own work, and the lists of its kind', async () => {
  const reader = await member('lead', 'product-security')
  const homes = await Promise.all(
    (await listTeams(reader)).filter(team => !team.retired).map(team => getHome(reader, team)),
  )
  const shown = homes.map(({ team, openTotal, lists, accounts, waiting }) => ({
    team,
    openTotal,
    lists: lists.map(({ list, rows }) => [list, rows.length]),
    accounts: accounts.length,
    waiting,
  }))
  expect(shown).toEqual([
    {
      team: 'platform',
      openTotal: 2,
      lists: [
        ['urgent', 2],
        ['newest', 2],
      ],
      accounts: 1,
      waiting: null,
    },
    {
      team: 'cit',
      openTotal: 1,
      lists: [
        ['urgent', 0],
        ['people', 1],
        ['newest', 1],
      ],
      accounts: 0,
      waiting: null,
    },
    {
      team: 'product-security',
      openTotal: 1,
      lists: [
        ['urgent', 1],
        ['newest', 1],
      ],
      accounts: 1,
      waiting: 0,
    },
  ])
})

test('severe exceptions are approved by a lead of its security response, and by no lead of another team', async () => {
  const asker = await member('member', 'platform')
  const { id: uuid } = await findingOf('S3.99')
  const { id } = await requestException(asker, {
    kind: 'accepted',
    reason: 'why',
    controls: 'how',
    until: '2026-06-20',
    finding: toFindingId(account, uuid),
  })
  for (const team of ['platform', 'cit'])
    await expect(
      decideException(await member('lead', team), { id, approve: true, note: 'Seen' }),
    ).rejects.toMatchObject({
      reason: 'exceptionNeedsSecurity',
    })
  const approver = await member('lead', 'product-security')
  await decideException(approver, { id, approve: true, note: 'Seen' })
  await applyException(approver, id)
  expect(await findingOf('S3.99')).toMatchObject({ status: 'accepted' })
})

test('a filter of a retired team returns its remaining findings', async () => {
  const reader = await member('lead', 'platform')
  const of = (team: string) =>
    listFindings(reader, { ...everyFinding, team: [team] }, { cursor: null, limit: 50 }).then(page => page.total)
  expect([await of('platform'), await of('sre')]).toEqual([1, 0])
})

test('the API lists its teams, filters by them, and refuses an unknown one with a sentence', async () => {
  const { token, prefix, tokenHash } = newApiToken()
  await prisma().apiToken.create({ data: { name: 'Robot', prefix, tokenHash, permissions: ['findings:read'] } })
  const get = (handler: typeof teamsRoute.GET, query = '') =>
    handler(new Request(`http://localhost/api/v1/x${query}`, { headers: { authorization: `Bearer ${token}` } }), {
      params: Promise.resolve({}),
    })
  const { teams } = ApiTeams.parse(await (await get(teamsRoute.GET)).json())
  expect(teams).toContainEqual({
    id: 'product-security',
    kind: 'security_response',
    nameEn: 'Product security',
    nameJa: 'プロダクトセキュリティ',
    retired: false,
    successor: null,
  })
  expect(teams).toContainEqual(expect.objectContaining({ id: 'sre', retired: true, successor: 'platform' }))
  const found = ApiFindings.parse(await (await get(findingsRoute.GET, '?team=product-security')).json())
  expect(found.findings.map(({ team, control }) => [team, control])).toEqual([['product-security', 'WAF.1']])
  const owned = ApiAccounts.parse(await (await get(accountsRoute.GET, '?team=platform')).json())
  expect(owned.accounts.map(({ id }) => id)).toEqual([account])
  for (const handler of [findingsRoute.GET, accountsRoute.GET]) {
    const unknown = await get(handler, '?team=nobody')
    expect(unknown.status).toBe(409)
    expect(ApiProblem.parse(await unknown.json())).toMatchObject({
      field: 'team',
      detail: 'There is no team with the ID “nobody”. Use the ID of an existing team.',
    })
    expect((await get(handler, '?team=No%20team')).status).toBe(400)
  }
})

test('the numbers on pages match the rows', expectConsistent)

test('the home of a security team begins with its active threats, and has no such list without one', async () => {
  const reader = await member('lead', 'product-security')
  const team = { id: 'product-security', kind: 'security_response' } as const
  expect((await getHome(reader, team)).lists.map(({ list }) => list)).toEqual(['urgent', 'newest'])
  const { control } = await addFinding(account, {
    class: 'threat',
    control: 'Recon:EC2/Portscan',
    severity: 3,
    team: team.id,
  })
  const [first] = (await getHome(reader, team)).lists
  expect(first).toMatchObject({ list: 'threats', rows: [{ control }] })
  expect((await getHome(reader, { id: 'platform', kind: 'infrastructure' })).lists[0]?.list).toBe('urgent')
})
