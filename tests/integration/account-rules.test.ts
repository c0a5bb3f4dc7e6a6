import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { AccountRule } from '../../lib/domain/accounts/rules'
import { getAccountRules, getRuleChoices, previewAccountRules, tryAccountRule } from '../../lib/queries/accounts/rules'
import { saveAccountRules } from '../../lib/store/accounts/account-rules'
import { registerAccount, updateAccount } from '../../lib/store/accounts/accounts'
import { applyOrganization } from '../../lib/store/collection/organization'
import { addAsset, addConnection, addReading } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { addFinding } from '../support/people'
import { job } from './support-ingest'

const admin = accessFor('admin')
const limited = accessFor('lead', { accounts: [ours] })
const none = { unit: null, tag: null, environment: null, ownerTeam: null, itScope: null }
const production: AccountRule = {
  ...none,
  name: 'Production',
  unit: 'Workloads',
  environment: 'production',
  itScope: true,
}
const shop: AccountRule = { ...none, name: 'Shop', tag: { key: 'app', value: 'shop' }, ownerTeam: 'csirt' }

beforeEach(async () => {
  await clear()
  await pool().query(`DELETE FROM setting WHERE key = 'account-rules'; TRUNCATE policy_work, asset`)
  await prisma().connection.deleteMany()
  await prisma().account.create({ data: { id: ours, name: 'ours', unit: 'Workloads/Shop', tags: { app: 'shop' } } })
  await prisma().account.create({ data: { id: theirs, name: 'theirs', unit: 'Sandbox' } })
})
afterAll(closeDatabase)

const save = async (rules: AccountRule[]) =>
  saveAccountRules(admin, { rules, seen: (await getAccountRules(admin)).version })
const valuesOf = async (id: string) => {
  const { environment, ownerTeam, itScope, decidedBy } = await prisma().account.findUniqueOrThrow({ where: { id } })
  return { environment, ownerTeam, itScope, decidedBy }
}
const lastAudit = (action: string) => prisma().auditEntry.findFirst({ where: { action }, orderBy: { id: 'desc' } })

describe('account rules', () => {
  test('change accounts as their preview says, with an entry in the audit log and new routing', async () => {
    await addFinding(ours, { team: 'sre' })
    const preview = await previewAccountRules(admin, [production, shop])
    const before = { environment: null, ownerTeam: 'sre', itScope: false }
    const after = { environment: 'production', ownerTeam: 'csirt', itScope: true }
    expect(preview).toEqual({ changes: [{ id: ours, name: 'ours', before, after }], total: 1, kept: 0 })
    expect(await save([production, shop])).toMatchObject({ changed: 1 })
    expect(await valuesOf(ours)).toMatchObject(after)
    expect(await valuesOf(theirs)).toEqual({ ...before, decidedBy: {} })
    expect(await lastAudit('account.update')).toMatchObject({ accountId: ours, detail: { before, after } })
    expect(await lastAudit('policy.account-rules')).toMatchObject({ detail: { before: [], after: [production, shop] } })
    const queued = await pool().query('SELECT account_id, policy FROM policy_work ORDER BY 2')
    expect(queued.rows).toEqual(['due-policy', 'routing'].map(policy => ({ account_id: ours, policy })))
    expect(await save([])).toMatchObject({ changed: 1 })
    expect(await valuesOf(ours)).toEqual({ ...before, decidedBy: {} })
  })

  test('show how many accounts each selects, and what a draft would select and change', async () => {
    await save([production, shop, { ...shop, name: 'Nobody', tag: { key: 'app', value: 'blog' } }])
    expect((await getAccountRules(admin)).selected).toEqual([1, 1, 0])
    const sandbox = { ...none, name: '', unit: 'Sandbox' }
    const before = { environment: null, ownerTeam: 'sre', itScope: false }
    expect(await tryAccountRule(admin, { rules: [production, shop], at: 2, draft: sandbox })).toEqual({
      total: 1,
      changing: 0,
      accounts: [{ id: theirs, name: 'theirs', before, after: before }],
    })
    const first = { ...none, name: '', tag: { key: 'app', value: null }, environment: 'staging' as const }
    const decided = { environment: 'production', ownerTeam: 'csirt', itScope: true }
    // Behind the rule for production it decides nothing; in its place it does.
    expect(await tryAccountRule(admin, { rules: [production, shop], at: 2, draft: first })).toMatchObject({
      changing: 0,
    })
    expect(await tryAccountRule(admin, { rules: [production, shop], at: 0, draft: first })).toEqual({
      total: 1,
      changing: 1,
      accounts: [
        {
          id: ours,
          name: 'ours',
          before: decided,
          after: { environment: 'staging', ownerTeam: 'csirt', itScope: false },
        },
      ],
    })
  })

  test('choose from the units of the organization, also empty ones, and from the tags of accounts', async () => {
    const data = { id: 'ou-1', parent: 'r-1', path: ['Suspended', 'Old'], tags: {} }
    await addAsset('444444444444', { type: 'AWS::Organizations::OrganizationalUnit', arn: 'ou', name: 'Old', data })
    await updateAccount(admin, { id: theirs, tags: { app: 'blog', team: 'web' } })
    expect(await getRuleChoices(admin)).toEqual({
      units: ['Sandbox', 'Suspended', 'Suspended/Old', 'Workloads', 'Workloads/Shop'],
      tags: { app: ['blog', 'shop'], team: ['web'] },
    })
  })

  test('leave what a person set, until they leave it to the rules again', async () => {
    await updateAccount(admin, { id: ours, environment: 'sandbox' })
    expect((await previewAccountRules(admin, [production])).kept).toBe(1)
    await save([production])
    expect(await valuesOf(ours)).toMatchObject({
      environment: 'sandbox',
      itScope: true,
      decidedBy: { environment: { rule: null }, itScope: { rule: 'Production' } },
    })
    await updateAccount(admin, { id: ours, follow: ['environment'] })
    expect(await valuesOf(ours)).toMatchObject({ environment: 'production' })
    await updateAccount(admin, { id: ours, environment: 'production', itScope: false })
    expect(await valuesOf(ours)).toMatchObject({
      itScope: false,
      decidedBy: { environment: { rule: 'Production' }, itScope: { rule: null } },
    })
  })

  test('apply at once to an account that is registered or gets a tag', async () => {
    await save([shop])
    await registerAccount(admin, { id: '333333333333', name: '', environment: null, tags: { app: 'shop' } })
    expect(await valuesOf('333333333333')).toMatchObject({ ownerTeam: 'csirt' })
    await updateAccount(admin, { id: theirs, tags: { app: 'shop' } })
    expect(await valuesOf(theirs)).toMatchObject({ ownerTeam: 'csirt' })
  })

  test('an account that is read again as it was, or that AWS still prepares, is not changed', async () => {
    const [id, accountId] = [await addConnection([]), '444444444444']
    await prisma().connection.update({ where: { id }, data: { accountId } })
    const listed = async (status: string) => {
      await pool().query('TRUNCATE asset')
      await addReading(accountId, new Date())
      const tags = { owner: 'payments', 'cost-center': '7', a: 'b' }
      const data = { id: '555555555555', status, unit: 'Sandbox', tags }
      await addAsset(accountId, { type: 'AWS::Organizations::Account', arn: 'new', name: 'new', data })
      await applyOrganization(job, { id, accountId })
      return prisma().account.findUniqueOrThrow({ where: { id: '555555555555' } })
    }
    expect(await listed('PENDING_ACTIVATION')).toMatchObject({ closedAt: null })
    const entries = await prisma().auditEntry.count()
    expect(await listed('ACTIVE')).toMatchObject({ closedAt: null })
    expect(await prisma().auditEntry.count()).toBe(entries)
    expect(await listed('CLOSED')).toMatchObject({ closedReason: 'CLOSED' })
    expect(await listed('ACTIVE')).toMatchObject({ closedAt: null, closedReason: '' })
  })

  test('apply to accounts of an organization when they appear and when they move', async () => {
    await save([production])
    const [id, accountId] = [await addConnection([]), '444444444444']
    await prisma().connection.update({ where: { id }, data: { accountId } })
    await addReading(accountId, new Date())
    const place = (unit: string) =>
      addAsset(accountId, {
        type: 'AWS::Organizations::Account',
        arn: 'new',
        name: 'new',
        data: { id: '555555555555', status: 'ACTIVE', unit, tags: {} },
      })
    await place('Workloads/New')
    await applyOrganization(job, { id, accountId })
    expect(await valuesOf('555555555555')).toMatchObject({ environment: 'production', itScope: true })
    await pool().query('TRUNCATE asset')
    await place('Sandbox')
    await applyOrganization(job, { id, accountId })
    expect(await valuesOf('555555555555')).toEqual({
      environment: null,
      ownerTeam: 'sre',
      itScope: false,
      decidedBy: {},
    })
  })

  test('are refused to limited members, for unknown teams, and where somebody else changed them', async () => {
    await expect(saveAccountRules(limited, { rules: [], seen: null })).rejects.toThrow()
    await expect(previewAccountRules(limited, [])).rejects.toThrow()
    await expect(tryAccountRule(limited, { rules: [], at: 0, draft: shop })).rejects.toThrow()
    await expect(getRuleChoices(limited)).rejects.toThrow()
    await expect(save([{ ...shop, ownerTeam: 'nobody' }])).rejects.toMatchObject({ reason: 'teamUnknown' })
    await save([shop])
    await expect(saveAccountRules(admin, { rules: [], seen: null })).rejects.toMatchObject({ reason: 'policyChanged' })
  })
})
