import { afterAll, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/finding-filter'
import { RoutingRule } from '../../lib/domain/routing'
import { getRouting, previewRouting } from '../../lib/queries/routing'
import { setTeam } from '../../lib/store/findings'
import { giveToOwnerTeams, routeFindings, saveRouting } from '../../lib/store/routing'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'

beforeEach(async () => {
  await pool().query(`DELETE FROM setting WHERE key = 'routing'`)
  await pool().query('TRUNCATE finding, sighting, finding_count, control_delta, control_result')
})
afterAll(closeDatabase)

const rule = (given: Partial<z.input<typeof RoutingRule>>) => RoutingRule.parse({ name: 'x', team: 'csirt', ...given })

async function routeAll(): Promise<void> {
  while (await routeFindings(job));
}

/** A finding that the default gives to the account's team, SRE, and one that it gives to CIT. */
async function twoFindings() {
  const account = newAccount()
  const records = [asff({ account, control: 'S3.99' }), asff({ account, control: 'IAM.5', severity: 'HIGH' })]
  await ingest(records, { observedAt: at(1) })
  setClock(() => at(2))
  const rows = async () => prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  return { account, rows }
}

test('rules are previewed as they then move, and every move is told', async () => {
  const { account, rows } = await twoFindings()
  const lead = accessOf(await addMember('lead'), 'lead')
  const owner = (await addMember('member')).id
  const rules = [rule({ control: 'S3.*', owner })]
  expect((await rows()).map(row => row.team)).toEqual(['cit', 'sre'])
  expect(await previewRouting(lead, rules)).toEqual({
    moved: 1,
    unmoved: 1,
    assigned: 1,
    moves: [{ from: 'sre', to: 'csirt', count: 1 }],
  })
  await saveRouting(lead, { rules, seen: null })
  await routeAll()
  expect(await rows()).toMatchObject([
    { team: 'cit', ownerId: null },
    { team: 'csirt', ownerId: owner, teamBy: 'routing' },
  ])
  expect(await getRouting(lead)).toMatchObject({ moving: false, moved: 1, changedBy: lead.actor.name })
  const events = await prisma().findingEvent.findMany({ where: { accountId: account }, orderBy: { kind: 'asc' } })
  expect(events).toMatchObject([
    { kind: 'owner', actorName: lead.actor.name },
    { kind: 'team', before: 'sre', after: 'csirt' },
  ])
  expect(await previewRouting(lead, rules)).toMatchObject({ moved: 0, assigned: 0 })
  const counts = await prisma().findingCount.findMany({
    where: { accountId: account, n: { not: 0 } },
    orderBy: { team: 'asc' },
  })
  expect(counts.map(({ team, n }) => [team, n])).toEqual([
    ['cit', 1],
    ['csirt', 1],
  ])
})

test('new findings go by the rules; an owner only where that person may see the account', async () => {
  const limited = await addMember('member', { limited: true, accounts: ['999999999999'] })
  await saveRouting(job, { rules: [rule({ owner: limited.id })], seen: null })
  const { rows } = await twoFindings()
  expect(await rows()).toMatchObject([
    { team: 'csirt', ownerId: null },
    { team: 'csirt', ownerId: null },
  ])
})

test('what a person gave to a team, or owns, stays', async () => {
  const { account, rows } = await twoFindings()
  const [, second] = await rows()
  if (!second) throw new Error('it is gone')
  await setTeam(job, { selection: { ids: [toFindingId(account, second.id)] }, team: 'cit' })
  await saveRouting(job, { rules: [rule({})], seen: null })
  await routeAll()
  expect((await rows()).map(row => [row.team, row.teamBy])).toEqual([
    ['csirt', 'routing'],
    ['cit', 'hand'],
  ])
})

test('an owner who may not work on findings is refused, and so is a list that is out of date', async () => {
  const viewer = await addMember('viewer')
  await expect(saveRouting(job, { rules: [rule({ owner: viewer.id })], seen: null })).rejects.toMatchObject({
    reason: 'ownerUnknown',
  })
  await saveRouting(job, { rules: [rule({})], seen: null })
  await expect(saveRouting(job, { rules: [], seen: null })).rejects.toMatchObject({ reason: 'policyChanged' })
})

test('what nobody takes for a week goes to the account’s owner team, once', async () => {
  const { account, rows } = await twoFindings()
  setClock(() => new Date(at(8).getTime() - 1))
  expect(await giveToOwnerTeams(job)).toBe(0)
  setClock(() => at(8))
  expect(await giveToOwnerTeams(job)).toBe(1)
  expect((await rows()).map(row => [row.team, row.teamBy])).toEqual([
    ['sre', 'left'],
    ['sre', 'routing'],
  ])
  expect(await giveToOwnerTeams(job)).toBe(0)
  expect(await prisma().findingEvent.findMany({ where: { accountId: account } })).toMatchObject([
    { kind: 'left', before: 'cit', after: 'sre' },
  ])
  // Rules do not take it back.
  await saveRouting(job, { rules: [rule({ control: 'IAM.*' })], seen: null })
  await routeAll()
  expect((await rows())[0]).toMatchObject({ team: 'sre' })
})
