import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toControlTable } from '../../lib/domain/controls/table'
import { toFindingId } from '../../lib/domain/findings/filter'
import { RoutingRule } from '../../lib/domain/policies/routing'
import { regroup } from '../../lib/ingest/regroup'
import { applyException } from '../../lib/store/exceptions/apply'
import { endException } from '../../lib/store/exceptions/decide'
import { assignFindings, setStatus, setTeam } from '../../lib/store/findings/triage'
import { routeFindings, saveRouting } from '../../lib/store/policies/routing'
import { addMember } from '../support/people'
import { grantTo, people, stored } from './support-exceptions'
import { asff, at, complete, everything, expectTrueCounts, ingest, job, newAccount, prowler } from './support-ingest'

beforeEach(async () => {
  await pool().query(`DELETE FROM setting WHERE key = 'routing'`)
  await pool().query('TRUNCATE policy_work')
  await pool().query('TRUNCATE finding, sighting, finding_count, source_count, control_delta, control_result')
})
afterAll(closeDatabase)

const rule = (given: Partial<z.input<typeof RoutingRule>>) => RoutingRule.parse({ name: 'x', team: 'csirt', ...given })
const report = (account: string, change: Partial<Parameters<typeof asff>[0]> = {}) =>
  asff({ account, control: 'S3.99', ...change })

async function routeAll(): Promise<void> {
  while (await routeFindings(job));
}

/** A new account whose only finding the account's team has. */
async function ofSre() {
  const account = newAccount()
  await complete([report(account)], at(1))
  expect(await stored(account)).toMatchObject({ team: 'sre', teamBy: 'routing' })
  await routeAll()
  return account
}

/** Rules that hold from now on; all that is open goes by them. */
async function decide(...rules: RoutingRule[]): Promise<void> {
  await saveRouting(job, { rules, seen: null })
  await routeAll()
}

async function moves(account: string) {
  const events = await prisma().findingEvent.findMany({
    where: { accountId: account, kind: { in: ['team', 'owner'] } },
    orderBy: { id: 'asc' },
  })
  return events.map(({ kind, actorKind, before, after }) => [kind, actorKind, before, after])
}

describe('a finding reopened by a report is routed by the current rules', () => {
  test('to their team and owner', async () => {
    const account = await ofSre()
    await complete([report(account, { status: 'PASSED' })], at(2))
    const owner = await addMember('member')
    await decide(rule({ owner: owner.id }))
    expect(await stored(account)).toMatchObject({ status: 'resolved', team: 'sre', ownerId: null })
    await complete([report(account)], at(3))
    expect(await stored(account)).toMatchObject({
      status: 'new',
      team: 'csirt',
      teamBy: 'routing',
      ownerId: owner.id,
      ownerBy: null,
    })
    expect(await moves(account)).toEqual([
      ['team', 'import', 'sre', 'csirt'],
      ['owner', 'import', null, { id: owner.id, name: owner.name }],
    ])
    await expectTrueCounts()
    const before = await everything()
    await complete([report(account)], at(3))
    expect(await everything()).toEqual(before)
  })

  test('but keeps an owner set by a person, and stays unassigned if a person decided that', async () => {
    const [given, nobodys] = [await ofSre(), await ofSre()]
    const selection = async (account: string) => ({ ids: [(await stored(account)).key] })
    await setTeam(job, { selection: await selection(given), team: 'cit' })
    await assignFindings(job, { selection: await selection(nobodys), owner: (await addMember('member')).id })
    await assignFindings(job, { selection: await selection(nobodys), owner: null })
    for (const account of [given, nobodys]) await complete([report(account, { status: 'PASSED' })], at(2))
    await decide(rule({ owner: (await addMember('member')).id }))
    for (const account of [given, nobodys]) await complete([report(account)], at(3))
    expect(await stored(given)).toMatchObject({ status: 'new', team: 'cit', teamBy: 'hand', ownerId: null })
    expect(await stored(nobodys)).toMatchObject({ status: 'new', team: 'csirt', ownerId: null, ownerBy: 'hand' })
  })

  test('and keeps its owner; a person without access to the account is assigned nothing', async () => {
    const [owned, unseen] = [await ofSre(), await ofSre()]
    const person = await addMember('member')
    await assignFindings(job, { selection: { ids: [(await stored(owned)).key] }, owner: person.id })
    for (const account of [owned, unseen]) await complete([report(account, { status: 'PASSED' })], at(2))
    const limited = await addMember('member', { limited: true, accounts: [owned] })
    await decide(rule({ owner: limited.id }))
    for (const account of [owned, unseen]) await complete([report(account)], at(3))
    expect(await stored(owned)).toMatchObject({ team: 'csirt', ownerId: person.id })
    expect(await stored(unseen)).toMatchObject({ team: 'csirt', ownerId: null })
  })
})

describe('a report that changes the criteria of rules', () => {
  test('moves a finding by its severity, and back', async () => {
    const account = await ofSre()
    await decide(rule({ severityAtLeast: 'high' }))
    await ingest([report(account, { severity: 'HIGH', updatedAt: at(2) })], { observedAt: at(2) })
    expect(await stored(account)).toMatchObject({ team: 'csirt' })
    await ingest([report(account, { updatedAt: at(3) })], { observedAt: at(3) })
    expect(await stored(account)).toMatchObject({ team: 'sre' })
    expect(await moves(account)).toEqual([
      ['team', 'import', 'sre', 'csirt'],
      ['team', 'import', 'csirt', 'sre'],
    ])
  })

  test('moves a finding by its sources, even if one no longer reports it', async () => {
    const account = newAccount()
    await complete([asff({ account })], at(1))
    const before = (await stored(account)).team
    await decide(rule({ sources: ['prowler'], team: 'cit' }))
    await complete([prowler({ account })], at(2))
    expect(await stored(account)).toMatchObject({ sources: ['prowler', 'security-hub'], team: 'cit' })
    await complete([prowler({ account, status: 'PASSED', updatedAt: at(3) })], at(3))
    expect(await stored(account)).toMatchObject({ sources: ['security-hub'], team: before })
  })

  test('does not move a finding that a person, or the week without an owner, moved', async () => {
    const [given, left] = [await ofSre(), await ofSre()]
    await setTeam(job, { selection: { ids: [(await stored(given)).key] }, team: 'cit' })
    await pool().query(`UPDATE finding SET team_by = 'left' WHERE account_id = $1`, [left])
    await decide(rule({ severityAtLeast: 'high' }))
    for (const account of [given, left])
      await ingest([report(account, { severity: 'HIGH', updatedAt: at(2) })], { observedAt: at(2) })
    expect(await stored(given)).toMatchObject({ severity: 4, team: 'cit', teamBy: 'hand' })
    expect(await stored(left)).toMatchObject({ severity: 4, team: 'sre', teamBy: 'left' })
  })

  test('does not move a finding by its title', async () => {
    const account = await ofSre()
    await pool().query(`UPDATE finding SET team = 'cit' WHERE account_id = $1`, [account])
    await ingest([report(account, { title: 'Said otherwise', updatedAt: at(2) })], { observedAt: at(2) })
    expect(await stored(account)).toMatchObject({ title: 'Said otherwise', team: 'cit' })
    expect(await moves(account)).toEqual([])
  })

  test('does not move a suppressed finding', async () => {
    const account = await ofSre()
    const { member, csirtLead } = await people()
    setClock(() => at(2))
    await grantTo(member, csirtLead, (await stored(account)).key, {})
    await decide(rule({ severityAtLeast: 'high' }))
    await ingest([report(account, { severity: 'HIGH', updatedAt: at(3) })], { observedAt: at(3) })
    expect(await stored(account)).toMatchObject({ status: 'accepted', severity: 4, team: 'sre' })
  })
})

describe('a finding that returns from an exception is routed by the current rules', () => {
  /** A finding that rests, while the rules change. */
  async function resting(change: Parameters<typeof grantTo>[3] = {}) {
    const account = await ofSre()
    const { member, csirtLead } = await people()
    setClock(() => at(2))
    const id = await grantTo(member, csirtLead, (await stored(account)).key, change)
    await decide(rule({}))
    expect(await stored(account)).toMatchObject({ status: 'accepted', team: 'sre' })
    return { account, id, csirtLead }
  }

  test('if it is ended manually', async () => {
    const { account, id, csirtLead } = await resting()
    await endException(csirtLead, { id, note: '' })
    await applyException(csirtLead, id)
    await routeAll()
    expect(await stored(account)).toMatchObject({ status: 'new', team: 'csirt', teamBy: 'routing' })
    expect(await moves(account)).toEqual([['team', 'member', 'sre', 'csirt']])
  })

  test('if a report ends it by its condition', async () => {
    const { account } = await resting({ condition: { tag: null, severityAtMost: 'medium' } })
    await ingest([report(account, { severity: 'CRITICAL', updatedAt: at(3) })], { observedAt: at(3) })
    expect(await stored(account)).toMatchObject({ status: 'new', team: 'csirt' })
    expect(await moves(account)).toEqual([['team', 'import', 'sre', 'csirt']])
  })
})

test.each(['by a report', 'by a person'])(
  'what a person opens again goes by the rules of now: closed %s',
  async how => {
    const account = await ofSre()
    const { id } = await stored(account)
    const selection = { ids: [toFindingId(account, id)] }
    if (how === 'by a report') await complete([report(account, { status: 'PASSED' })], at(2))
    else await setStatus(job, { selection, status: 'resolved' })
    await decide(rule({}))
    await setStatus(job, { selection, status: 'in_progress' })
    await routeAll()
    expect(await stored(account)).toMatchObject({ status: 'in_progress', team: 'csirt', teamBy: 'routing' })
  },
)

test('a regrouped finding is routed by its new names; rules in progress start again', async () => {
  const account = newAccount()
  await ingest([prowler({ account, control: 's3_bucket_object_versioning' })], { observedAt: at(1) })
  await regroup(job, toControlTable([]))
  expect(await stored(account)).toMatchObject({ control: 's3_bucket_object_versioning', team: 'sre' })
  await decide(rule({ control: 'S3.14' }))
  expect(await stored(account)).toMatchObject({ team: 'sre' })
  const work = { accountId: account, policy: 'routing', by: { kind: 'member', id: 'x', name: 'Hanako' } }
  await prisma().policyWork.create({ data: { ...work, after: 'ffffffff-ffff-ffff-ffff-ffffffffffff' } })
  await regroup(job)
  await routeAll()
  expect(await stored(account)).toMatchObject({ control: 'S3.14', team: 'csirt', teamBy: 'routing' })
  const event = await prisma().findingEvent.findFirst({ where: { accountId: account, kind: 'team' } })
  expect(event).toMatchObject({ before: 'sre', after: 'csirt', actorName: 'Hanako' })
})
