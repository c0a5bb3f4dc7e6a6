import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { previewRule } from '../../lib/queries/exceptions/exceptions'
import { updateAccount } from '../../lib/store/accounts/accounts'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestRule } from '../../lib/store/exceptions/request'
import { firstExceptions } from '../support/exceptions'
import { accessOf, addMember } from '../support/people'
import { people, reported, stored, tagged, type Who } from './support-exceptions'
import { asff, at, complete, ingest, newAccount } from './support-ingest'

let member: Who
let sreLead: Who
let csirtLead: Who

beforeAll(async () => {
  ;({ member, sreLead, csirtLead } = await people())
})
beforeEach(async () => {
  await prisma().exception.deleteMany({})
  setClock(() => at(10))
})
afterAll(closeDatabase)

const none = { tag: null, severityAtMost: null }

describe('an exception by rule', () => {
  const rule = (account: string, change = {}) => ({
    kind: 'false_positive' as const,
    reason: 'Made by the delivery network',
    until: '2026-06-20',
    match: { accounts: [account], resource: '*:::site-*', ...change },
  })

  test('covers existing and new findings, and releases them at its end', async () => {
    const account = newAccount()
    const buckets = (...names: string[]) => names.map(resource => asff({ account, resource }))
    await ingest(buckets('site-a', 'ledger'), { observedAt: at(1) })
    setClock(() => at(10))
    const { id } = await requestRule(member, rule(account))
    await decideException(csirtLead, { id, approve: true, note: 'Seen' })
    await keepExceptions()
    await ingest(buckets('site-a', 'site-b', 'ledger'), { observedAt: at(11) })
    const statuses = async () => {
      const rows = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceId: 'asc' } })
      return rows.map(row => [row.resourceName, row.status])
    }
    const covered = [
      ['ledger', 'new'],
      ['site-a', 'false_positive'],
      ['site-b', 'false_positive'],
    ]
    expect(await statuses()).toEqual(covered)
    expect(await firstExceptions(member, 'active')).toMatchObject([{ id, covers: 2 }])
    // A rule goes on for others when one of its findings is gone.
    await ingest([asff({ account, resource: 'site-b', status: 'PASSED' })], { observedAt: at(12) })
    expect(await prisma().exception.findUnique({ where: { id } })).toMatchObject({ state: 'approved' })
    await endException(csirtLead, { id, note: '' })
    await keepExceptions()
    expect(await statuses()).toEqual([
      ['ledger', 'new'],
      ['site-a', 'new'],
      ['site-b', 'resolved'],
    ])
  })

  test('covers exactly the findings of its preview', async () => {
    const account = newAccount()
    await ingest(
      [
        tagged({ account, resource: 'site-a' }, { tier: 'web' }),
        tagged({ account, resource: 'site_b' }, { tier: 'data' }),
        asff({ account, resource: 'site-c', severity: 'HIGH' }),
        asff({ account, resource: 'x%y' }),
      ],
      { observedAt: at(1) },
    )
    setClock(() => at(10))
    await updateAccount(csirtLead, { id: account, environment: 'staging', tags: { unit: 'shop' } })
    const matches = [
      [{ resource: '*:::site-*' }, none, 2],
      [{ resource: '*:::site_*' }, none, 1],
      [{ resource: '*%*' }, none, 1],
      [{ control: 'S3.2' }, none, 4],
      [{ control: 'S3.*' }, { tag: null, severityAtMost: 'medium' as const }, 3],
      [{ tag: { key: 'tier' } }, none, 2],
      [{ tag: { key: 'tier', value: 'web' } }, none, 1],
      [{ tag: { key: 'unit', value: 'shop' } }, { tag: { key: 'tier', value: null }, severityAtMost: null }, 2],
      [{ environments: ['staging' as const] }, none, 4],
      [{ environments: ['production' as const] }, none, 0],
    ] as const
    for (const [match, condition, n] of matches) {
      const asked = { ...rule(account), match: { resource: null, accounts: [account], ...match } }
      const whole = { control: null, environments: [], tag: null, ...asked.match }
      const filled = {
        ...whole,
        environments: [...whole.environments],
        tag: whole.tag && { value: null, ...whole.tag },
      }
      expect((await previewRule(member, { match: filled, condition })).covers, JSON.stringify(match)).toBe(n)
      const { id } = await requestRule(member, {
        ...asked,
        match: { ...asked.match, environments: filled.environments },
        condition,
      })
      await decideException(csirtLead, { id, approve: true, note: 'Seen' })
      await keepExceptions()
      expect(
        await prisma().finding.count({ where: { accountId: account, exceptionId: id } }),
        JSON.stringify(match),
      ).toBe(n)
      await endException(member, { id, note: '' })
      await keepExceptions()
    }
  })

  test('ignores a tag of a source that no longer reports the problem', async () => {
    const account = newAccount()
    const told = (resource: string, change = {}) =>
      tagged({ account, resource, product: 'Other', id: `other-${resource}`, ...change }, { tier: 'web' })
    const plain = ['gone', 'archived', 'both'].map(resource => asff({ account, resource }))
    await complete([...plain, told('gone'), told('archived'), told('both')], at(1))
    await complete([...plain, told('archived', { archived: true, updatedAt: at(2) }), told('both')], at(2))
    setClock(() => at(10))
    const match = { ...rule(account).match, control: null, environments: [], resource: null }
    const tag = { key: 'tier', value: null }
    expect(await previewRule(member, { match: { ...match, tag }, condition: none })).toMatchObject({ covers: 1 })
    const condition = { tag, severityAtMost: null }
    expect(await previewRule(member, { match: { ...match, tag: null }, condition })).toMatchObject({ covers: 1 })
  })

  test('covers no more than its approver may decide', async () => {
    const account = newAccount()
    await ingest([asff({ account, resource: 'site-a' }), asff({ account, resource: 'site-b', severity: 'HIGH' })], {
      observedAt: at(1),
    })
    setClock(() => at(10))
    const { id } = await requestRule(member, rule(account))
    await decideException(sreLead, { id, approve: true, note: 'Seen' })
    await keepExceptions()
    expect(await prisma().finding.findMany({ where: { exceptionId: id }, select: { resourceName: true } })).toEqual([
      { resourceName: 'site-a' },
    ])
  })

  test('follows the data of an account', async () => {
    const { account } = await reported({ resource: 'site-a' })
    const { id } = await requestRule(member, rule(account, { environments: ['sandbox'] }))
    await decideException(csirtLead, { id, approve: true, note: 'Seen' })
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'new' })
    await updateAccount(csirtLead, { id: account, environment: 'sandbox' })
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'false_positive' })
    await updateAccount(csirtLead, { id: account, environment: 'production' })
    await keepExceptions()
    expect(await stored(account)).toMatchObject({ status: 'new' })
  })

  test('is applied again when its account changes, except for a new name', async () => {
    const { account } = await reported()
    await updateAccount(csirtLead, { id: account, name: 'Shop', environment: 'staging' })
    const { id } = await requestRule(member, rule(account))
    await decideException(csirtLead, { id, approve: true, note: 'Seen' })
    await keepExceptions()
    const pending = async () => (await prisma().exception.findUniqueOrThrow({ where: { id } })).pending
    await updateAccount(csirtLead, { id: account, name: 'Store' })
    expect(await pending()).toBe(false)
    await updateAccount(csirtLead, { id: account, tags: { site: 'public' } })
    expect(await pending()).toBe(true)
    await keepExceptions()
    await updateAccount(csirtLead, { id: account, environment: 'production' })
    expect(await pending()).toBe(true)
  })

  test('of a limited member contains only that member’s accounts', async () => {
    const own = newAccount()
    const limited = accessOf(await addMember('member', { limited: true, accounts: [own] }), 'member')
    const beyond = { code: 'conflict', reason: 'exceptionBeyond' }
    await expect(requestRule(limited, rule(newAccount()))).rejects.toMatchObject(beyond)
    await expect(requestRule(limited, { ...rule(own), match: { control: 'S3.2' } })).rejects.toMatchObject(beyond)
    await expect(requestRule(limited, rule(own))).resolves.toMatchObject({ id: expect.any(Number) })
  })
})
