import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { type DuePolicy, defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { accountTransaction } from '../../lib/ingest/run/account-transaction'
import { defaultDecisions } from '../../lib/ingest/run/decisions'
import { runImport } from '../../lib/ingest/run/run'
import { getDuePolicy } from '../../lib/queries/policies/due-policy'
import { getRouting } from '../../lib/queries/policies/routing'
import { updateAccount } from '../../lib/store/accounts/accounts'
import { removeMember } from '../../lib/store/people/members'
import { moveDueDates, saveDuePolicy } from '../../lib/store/policies/due-policy'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { addMember } from '../support/people'
import { asff, at, ingest, job, newAccount, receive } from './support-ingest'
import { holding, holdingAccount, waiting } from './support-locks'

beforeEach(async () => {
  await pool().query(
    'TRUNCATE setting, policy_work, account, finding, sighting, finding_count, source_count, control_delta, control_result',
  )
})
afterAll(closeDatabase)

const strict: DuePolicy = { ...defaultDuePolicy, days: { ...defaultDuePolicy.days, high: 2 } }
const toCsirt = (owner: string | null = null) => [RoutingRule.parse({ name: 'x', team: 'csirt', owner })]
const SOON = new Date('2026-06-03T14:59:59.999Z')

async function dateAll(size?: number): Promise<void> {
  while (await moveDueDates(job, size));
}
async function routeAll(size?: number): Promise<void> {
  while (await routeFindings(job, size));
}

const high = (account: string, resource: string) => asff({ account, resource, severity: 'HIGH' })

/** An account with so many high findings of the first of June, and the clock a day later. */
async function findings(count: number) {
  const account = newAccount()
  const names = Array.from({ length: count }, (_, n) => `bucket-${n}`)
  await ingest(
    names.map(name => high(account, name)),
    { observedAt: at(1, 3) },
  )
  setClock(() => at(2, 3))
  return account
}

const datesOf = async (account: string) =>
  (await prisma().finding.findMany({ where: { accountId: account } })).map(row => row.dueAt)
const linesOf = (account: string, kind: string) => prisma().findingEvent.count({ where: { accountId: account, kind } })

describe('a policy is applied to the findings', () => {
  test('of an account in steps, each in its own transaction, and to each finding once', async () => {
    const account = await findings(5)
    await dateAll()
    await saveDuePolicy(job, { policy: strict, seen: null })
    const moved: number[] = []
    for (let more = true; more; more = await moveDueDates(job, 2)) moved.push((await getDuePolicy(job)).moved)
    expect([...new Set(moved)]).toEqual([0, 2, 4, 5])
    expect(await datesOf(account)).toEqual(Array.from({ length: 5 }, () => SOON))
    expect(await linesOf(account, 'due')).toBe(5)
    expect((await getDuePolicy(job)).moving).toBe(false)

    await routeAll()
    await saveRouting(job, { rules: toCsirt(), seen: null })
    const routed: number[] = []
    for (let more = true; more; more = await routeFindings(job, 2)) routed.push((await getRouting(job)).moved)
    expect([...new Set(routed)]).toEqual([0, 2, 4, 5])
    expect(await linesOf(account, 'team')).toBe(5)
  })

  test('even if a step is interrupted', async () => {
    const account = await findings(5)
    await dateAll()
    await saveDuePolicy(job, { policy: strict, seen: null })
    await moveDueDates(job, 2)
    const [third] = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { id: 'asc' }, skip: 2 })
    const release = await holding('SELECT 1 FROM finding WHERE account_id = $1 AND id = $2 FOR UPDATE', [
      account,
      third?.id,
    ])
    const step = moveDueDates(job, 2).catch(() => 'broken off')
    const [pid] = await waiting(1)
    await pool().query('SELECT pg_cancel_backend($1)', [pid])
    expect(await step).toBe('broken off')
    await release()
    expect(await linesOf(account, 'due')).toBe(2)
    await dateAll(2)
    expect(await linesOf(account, 'due')).toBe(5)
    expect(await getDuePolicy(job)).toMatchObject({ moving: false, moved: 5 })
  })

  test('by two workers in parallel, and to each finding once', async () => {
    const accounts = [await findings(4), await findings(3)]
    await Promise.all([dateAll(), routeAll()])
    await saveDuePolicy(job, { policy: strict, seen: null })
    await saveRouting(job, { rules: toCsirt(), seen: null })
    await Promise.all([dateAll(1), dateAll(1), routeAll(1), routeAll(1)])
    for (const [n, account] of accounts.entries()) {
      expect(await linesOf(account, 'due')).toBe(4 - n)
      expect(await linesOf(account, 'team')).toBe(4 - n)
    }
    expect(await getDuePolicy(job)).toMatchObject({ moving: false, moved: 7 })
    expect(await getRouting(job)).toMatchObject({ moving: false, moved: 7 })
  })

  test('from the start again if it changes before all are done', async () => {
    const account = await findings(3)
    await dateAll()
    const { version } = await saveDuePolicy(job, { policy: strict, seen: null })
    await moveDueDates(job, 2)
    const days = { ...strict.days, high: 1 }
    await saveDuePolicy(job, { policy: { ...strict, days }, seen: version })
    await dateAll(2)
    const day = new Date('2026-06-02T14:59:59.999Z')
    expect(await datesOf(account)).toEqual([day, day, day])
    expect(await getDuePolicy(job)).toMatchObject({ moved: 3 })
  })
})

describe('an import that runs while people change their mind', () => {
  const lastOf = (account: string) => prisma().finding.findFirstOrThrow({ where: { accountId: account } })

  test('uses the decisions from before its batch', async () => {
    const account = newAccount()
    const { id } = await receive([high(account, 'a')], { observedAt: at(1, 3) })
    const release = await holdingAccount(account)
    const run = runImport(job, id)
    await waiting(1)
    // A clock that is behind the one of the worker.
    setClock(() => at(1))
    await saveDuePolicy(job, { policy: strict, seen: null })
    await saveRouting(job, { rules: toCsirt(), seen: null })
    await Promise.all([dateAll(), routeAll()])
    await release()
    await run
    expect(await lastOf(account)).toMatchObject({ dueAt: SOON, team: 'csirt' })
    await Promise.all([dateAll(), routeAll()])
    expect(await lastOf(account)).toMatchObject({ dueAt: SOON, team: 'csirt' })
  })

  test('has the findings updated that it wrote meanwhile, also in an account that it adds', async () => {
    const account = newAccount()
    const { id } = await receive([high(account, 'a')], { observedAt: at(1, 3) })
    const release = await holding('LOCK TABLE sighting IN SHARE MODE')
    const run = runImport(job, id)
    await waiting(1)
    setClock(() => at(1))
    await saveDuePolicy(job, { policy: strict, seen: null })
    await saveRouting(job, { rules: toCsirt(), seen: null })
    await Promise.all([dateAll(), routeAll()])
    await release()
    await run
    await Promise.all([dateAll(), routeAll()])
    expect(await lastOf(account)).toMatchObject({ dueAt: SOON, team: 'csirt' })
  })

  test('has its batches go by policies, owners and accounts as they are then', async () => {
    const account = newAccount()
    await ingest([high(account, 'a')], { observedAt: at(1, 3) })
    const owner = await addMember('member')
    const known = new Map([[account, { ownerTeam: 'sre' as const, environment: null, tags: {} }]])
    const run = { ...defaultDecisions, access: job, accounts: known, holder: null } as unknown as Parameters<
      typeof accountTransaction
    >[0]
    await updateAccount(job, { id: account, environment: 'production', ownerTeam: 'cit' })
    await saveDuePolicy(job, { policy: strict, seen: null })
    await saveRouting(job, { rules: toCsirt(owner.id), seen: null })
    await accountTransaction(run, [account], async () => {
      expect(run).toMatchObject({ duePolicy: strict, routing: [{ owner: owner.id }] })
      expect(run.accounts.get(account)).toMatchObject({ environment: 'production', ownerTeam: 'cit' })
      expect([...run.owners.keys()]).toEqual([owner.id])
    })
    await removeMember(job, { id: owner.id })
    await accountTransaction(run, [account], async () => expect([...run.owners.keys()]).toEqual([]))
  })
})

describe('a member who is removed during an assignment is assigned nothing', () => {
  test('by the job', async () => {
    const account = await findings(1)
    const owner = await addMember('member')
    await saveRouting(job, { rules: toCsirt(owner.id), seen: null })
    const release = await holding('SELECT 1 FROM finding WHERE account_id = $1 FOR UPDATE', [account])
    const routing = routeAll()
    await waiting(1)
    const removing = removeMember(job, { id: owner.id })
    await Promise.race([removing, waiting(2)])
    await release()
    await Promise.all([routing, removing])
    expect(await prisma().finding.findFirst({ where: { accountId: account } })).toMatchObject({ ownerId: null })
  })

  test('by an import', async () => {
    const account = newAccount()
    const owner = await addMember('member')
    await saveRouting(job, { rules: toCsirt(owner.id), seen: null })
    const { id } = await receive([high(account, 'a')], { observedAt: at(1, 3) })
    const release = await holding('LOCK TABLE sighting IN SHARE MODE')
    const run = runImport(job, id)
    await waiting(1)
    const removing = removeMember(job, { id: owner.id })
    await Promise.race([removing, waiting(2)])
    await release()
    await Promise.all([run, removing])
    expect(await prisma().finding.findFirst({ where: { accountId: account } })).toMatchObject({ ownerId: null })
  })
})

test('findings follow new data of their account', async () => {
  const account = await findings(1)
  const stored = () => prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  await saveDuePolicy(job, { policy: { ...defaultDuePolicy, environments: { production: { high: 2 } } }, seen: null })
  await Promise.all([dateAll(), routeAll()])
  await updateAccount(job, { id: account, environment: 'production', ownerTeam: 'cit' })
  expect(await stored()).toMatchObject({ dueAt: SOON, team: 'cit' })
  await updateAccount(job, { id: account, tags: { 'owner-team': 'csirt' } })
  expect(await stored()).toMatchObject({ dueAt: SOON, team: 'csirt' })
})
