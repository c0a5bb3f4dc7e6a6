import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { getRouting, previewRouting } from '../../lib/queries/policies/routing'
import { handOverUnowned } from '../../lib/store/findings/hand-over-unowned'
import { assignFindings, setStatus, setTeam } from '../../lib/store/findings/triage'
import { removeMember } from '../../lib/store/people/members'
import { saveDuePolicy } from '../../lib/store/policies/due-policy'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

beforeEach(async () => {
  await pool().query(`DELETE FROM setting WHERE key = 'routing'`)
  await pool().query('TRUNCATE policy_work')
  await pool().query('TRUNCATE finding, sighting, finding_count, source_count, control_delta, control_result')
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
  // It arrived as soon as it was made.
  await pool().query('UPDATE import SET created_at = observed_at')
  setClock(() => at(2))
  const rows = async () => prisma().finding.findMany({ where: { accountId: account }, orderBy: { control: 'asc' } })
  return { account, rows }
}

test('rules move the findings of their preview, and every move is in the history', async () => {
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
  const events = await prisma().findingEvent.findMany({
    where: { accountId: account, kind: { not: 'created' } },
    orderBy: { kind: 'asc' },
  })
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

test('new findings are routed by the rules; an owner only with access to the account', async () => {
  const limited = await addMember('member', { limited: true, accounts: ['999999999999'] })
  const rules = [rule({ owner: limited.id })]
  await saveRouting(job, { rules, seen: null })
  const { rows } = await twoFindings()
  expect(await previewRouting(job, rules)).toMatchObject({ moved: 0, assigned: 0 })
  expect(await rows()).toMatchObject([
    { team: 'csirt', ownerId: null },
    { team: 'csirt', ownerId: null },
  ])
})

test('a team or owner set by a person does not change', async () => {
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

test('an owner who cannot work on findings is refused, and so is an outdated list', async () => {
  const viewer = await addMember('viewer')
  await expect(saveRouting(job, { rules: [rule({ owner: viewer.id })], seen: null })).rejects.toMatchObject({
    reason: 'ownerUnknown',
  })
  await saveRouting(job, { rules: [rule({})], seen: null })
  await expect(saveRouting(job, { rules: [], seen: null })).rejects.toMatchObject({ reason: 'policyChanged' })
})

test('a finding unowned for five working days moves to the account’s owner team, once', async () => {
  const { account, rows } = await twoFindings()
  // Monday: the fifth working day after it is the next Monday, which ends at 15:00 UTC in Japan.
  setClock(() => new Date(at(8, 15).getTime() - 1))
  expect(await handOverUnowned(job)).toBe(0)
  setClock(() => at(8, 15))
  expect(await handOverUnowned(job)).toBe(1)
  expect((await rows()).map(row => [row.team, row.teamBy])).toEqual([
    ['sre', 'left'],
    ['sre', 'routing'],
  ])
  expect(await handOverUnowned(job)).toBe(0)
  expect(
    await prisma().findingEvent.findMany({ where: { accountId: account, kind: { not: 'created' } } }),
  ).toMatchObject([{ kind: 'left', before: 'cit', after: 'sre' }])
  // Rules do not take it back.
  await saveRouting(job, { rules: [rule({ control: 'IAM.*' })], seen: null })
  await routeAll()
  expect((await rows())[0]).toMatchObject({ team: 'sre' })
})

test('owned, covered and resolved findings are moved to nobody', async () => {
  const { account, rows } = await twoFindings()
  const key = toFindingId(account, (await rows())[0]?.id ?? '')
  setClock(() => at(20))
  await assignFindings(job, { selection: { ids: [key] }, owner: (await addMember('member')).id })
  expect(await handOverUnowned(job)).toBe(0)
  await assignFindings(job, { selection: { ids: [key] }, owner: null })
  for (const status of ['resolved', 'accepted', 'false_positive']) {
    await pool().query('UPDATE finding SET status = $2, unowned_at = $3 WHERE account_id = $1', [
      account,
      status,
      at(1),
    ])
    expect(await handOverUnowned(job), status).toBe(0)
  }
})

/** The finding that goes to CIT, and the changes of it that people make. */
async function oneOfCit() {
  const { account, rows } = await twoFindings()
  const key = toFindingId(account, (await rows())[0]?.id ?? '')
  const selection = { ids: [key] }
  const stored = async () => (await rows())[0]
  return { account, selection, stored }
}

describe('a decision of a person', () => {
  test('to unassign a finding stays; a finding of a removed owner moves on', async () => {
    const { selection, stored } = await oneOfCit()
    const [first, second] = [await addMember('member'), await addMember('member')]
    const { version } = await saveRouting(job, { rules: [rule({ team: 'cit', owner: first.id })], seen: null })
    await routeAll()
    expect(await stored()).toMatchObject({ ownerId: first.id })
    await removeMember(job, { id: first.id })
    const rules = [rule({ team: 'cit', owner: second.id })]
    expect(await previewRouting(job, rules)).toMatchObject({ assigned: 2 })
    const next = await saveRouting(job, { rules, seen: version })
    await routeAll()
    expect(await stored()).toMatchObject({ ownerId: second.id })
    await assignFindings(job, { selection, owner: null })
    expect(await previewRouting(job, rules)).toMatchObject({ assigned: 0 })
    await saveRouting(job, { rules, seen: next.version })
    await routeAll()
    expect(await stored()).toMatchObject({ ownerId: null })
  })

  test('to confirm a team stays', async () => {
    const { account, selection, stored } = await oneOfCit()
    expect(await setTeam(job, { selection, team: 'cit' })).toMatchObject({ changed: 1, unchanged: 0 })
    expect(await setTeam(job, { selection, team: 'cit' })).toMatchObject({ changed: 0, unchanged: 1 })
    expect(
      await prisma().findingEvent.findMany({ where: { accountId: account, kind: { not: 'created' } } }),
    ).toMatchObject([{ kind: 'team', before: null, after: 'cit' }])
    await saveRouting(job, { rules: [rule({})], seen: null })
    await routeAll()
    expect(await stored()).toMatchObject({ team: 'cit', teamBy: 'hand' })
  })
})

describe('five working days without an owner are counted', () => {
  /** Gives away what five working days have passed for at this midnight in Japan, and not a moment before it. */
  async function leaves(midnight: Date, account: string) {
    const lines = () => prisma().findingEvent.count({ where: { accountId: account, kind: 'left' } })
    setClock(() => new Date(midnight.getTime() - 1))
    expect([await handOverUnowned(job), await lines()]).toEqual([0, 0])
    setClock(() => midnight)
    expect([await handOverUnowned(job), await lines()]).toEqual([1, 1])
  }

  test('from when a person unassigned it', async () => {
    const { account, selection } = await oneOfCit()
    await assignFindings(job, { selection, owner: (await addMember('member')).id })
    setClock(() => at(6))
    await assignFindings(job, { selection, owner: null })
    await leaves(at(12, 15), account)
  })

  test('from when its owner left', async () => {
    const { account, selection } = await oneOfCit()
    const owner = await addMember('member')
    await assignFindings(job, { selection, owner: owner.id })
    setClock(() => at(6))
    await removeMember(job, { id: owner.id })
    await leaves(at(12, 15), account)
  })

  test('from when it was reopened, by a report or by a person', async () => {
    const { account, selection, stored } = await oneOfCit()
    const record = { account, control: 'IAM.5', severity: 'HIGH' }
    await ingest([asff({ ...record, status: 'PASSED' })], { observedAt: at(3) })
    await ingest([asff(record)], { observedAt: at(5) })
    // Told an hour after it was observed.
    expect(await stored()).toMatchObject({ openedAt: at(5), unownedAt: at(5, 1) })
    setClock(() => at(6))
    await setStatus(job, { selection, status: 'resolved' })
    setClock(() => at(7))
    await setStatus(job, { selection, status: 'in_progress' })
    await leaves(at(12, 15), account)
  })

  test('from when it was opened, if it had become unassigned before', async () => {
    const { account } = await oneOfCit()
    await pool().query('UPDATE finding SET unowned_at = $2, opened_at = $3 WHERE account_id = $1', [
      account,
      at(1),
      at(6),
    ])
    await leaves(at(12, 15), account)
  })

  test('from when it was reported, if that was much later', async () => {
    const { account } = await oneOfCit()
    await pool().query('UPDATE import SET created_at = $1', [at(9)])
    await leaves(at(16, 15), account)
  })

  test('by the calendar of the organization', async () => {
    const { account } = await oneOfCit()
    const calendar = { closed: [{ name: '', from: '2026-06-02', to: '2026-06-04' }], workingDays: [] }
    await saveDuePolicy(job, { policy: { ...defaultDuePolicy, calendar }, seen: null })
    // Friday 5, then Monday to Thursday of the next week.
    await leaves(at(11, 15), account)
    await prisma().setting.deleteMany({ where: { key: 'due-policy' } })
  })

  test('while the account is locked, so that no decision is overwritten', async () => {
    const { account, selection, stored } = await oneOfCit()
    setClock(() => at(20))
    const release = await holdingAccount(account)
    const deciding = setTeam(job, { selection, team: 'csirt' })
    await waiting(1)
    const giving = handOverUnowned(job)
    await waiting(2)
    await release()
    await Promise.all([deciding, giving])
    expect(await stored()).toMatchObject({ team: 'csirt', teamBy: 'hand' })
  })
})
