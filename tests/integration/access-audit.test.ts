import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Access } from '../../lib/access/proof'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import type { AuditFilter, AuditRow } from '../../lib/domain/people/views'
import { dayOf } from '../../lib/domain/policies/due'
import { env } from '../../lib/env'
import { listAudit } from '../../lib/queries/audit/audit'
import { recordAudit } from '../../lib/store/audit/audit'
import { accessOf, addFinding, addMember } from '../support/people'

const ALL = { actor: null, action: null }

beforeAll(async () => {
  const ann = accessOf(await addMember('admin', { name: 'Ann' }), 'admin')
  const bob = accessOf(await addMember('lead', { name: 'Bob' }), 'lead')
  for (let i = 0; i < 120; i++) {
    const accountId = ['111111111111', '222222222222'][i % 3]
    const record = { action: i % 2 ? 'account.update' : 'token.create', target: `thing:${i}` }
    await prisma().$transaction(tx => recordAudit(tx, i % 5 ? ann : bob, accountId ? { ...record, accountId } : record))
  }
})
afterAll(closeDatabase)

async function readAll(access: Access<'audit:read'>, filter: AuditFilter = ALL): Promise<AuditRow[]> {
  const rows: AuditRow[] = []
  let cursor: string | null = null
  do {
    const page = await listAudit(access, filter, cursor)
    rows.push(...page.rows)
    cursor = page.next
  } while (cursor)
  return rows
}

test('the audit log returns every entry once, newest first, page by page', async () => {
  const rows = await readAll(accessOf(await addMember('auditor'), 'auditor'))
  expect(rows.map(row => row.target)).toEqual(Array.from({ length: 120 }, (_, i) => `thing:${119 - i}`))
})

test('the audit log can be narrowed to one person and one kind of change', async () => {
  const access = accessOf(await addMember('auditor'), 'auditor')
  const bob = await prisma().member.findFirstOrThrow({ where: { name: 'Bob' } })
  const rows = await readAll(access, { actor: bob.id, action: 'account.update' })
  expect(rows).toHaveLength(12)
  expect(new Set(rows.map(row => `${row.actorName} ${row.action}`))).toEqual(new Set(['Bob account.update']))
})

test('the audit log can be narrowed to days of the calendar of the organization', async () => {
  const access = accessOf(await addMember('auditor'), 'auditor')
  const today = dayOf(new Date(), env().HINOMI_TIME_ZONE)
  const before = dayOf(new Date(Date.now() - 2 * 86_400_000), env().HINOMI_TIME_ZONE)
  expect(await readAll(access, { ...ALL, from: today, to: today })).toHaveLength(120)
  expect(await readAll(access, { ...ALL, from: before })).toHaveLength(120)
  expect(await readAll(access, { ...ALL, to: before })).toEqual([])
})

test('the audit log shows a limited reader no entries of other accounts', async () => {
  const limited = await addMember('auditor', { limited: true, accounts: ['111111111111'] })
  const rows = await readAll(accessOf(limited, 'auditor'))
  expect(new Set(rows.map(row => row.accountId))).toEqual(new Set(['111111111111']))
  // Changes of access concern other accounts too.
  expect(rows.filter(row => row.action.startsWith('member.') && row.accountId === null)).toEqual([])
  expect(rows).toHaveLength(40)
})

test('the audit log shows a limited reader no change of findings in several accounts, except their own', async () => {
  const limited = await addMember('auditor', { limited: true, accounts: ['111111111111'] })
  const reader = accessOf(limited, 'auditor')
  const other = accessOf(await addMember('lead'), 'lead')
  await prisma().$transaction(async tx => {
    await recordAudit(tx, other, { action: 'finding.assign', target: 'findings', detail: { changed: 7 } })
    await recordAudit(tx, reader, { action: 'finding.comment', target: 'findings' })
  })
  const actions = (await readAll(reader)).map(row => row.action)
  expect(actions).toContain('finding.comment')
  expect(actions).not.toContain('finding.assign')
  const all = await readAll(accessOf(await addMember('auditor'), 'auditor'))
  expect(all.map(row => row.action)).toContain('finding.assign')
})

test('a forged position in the log is refused', async () => {
  const access = accessOf(await addMember('auditor'), 'auditor')
  await expect(listAudit(access, ALL, 'nonsense')).rejects.toMatchObject({ code: 'conflict' })
})

test('a finding in the log has its title and account, for those who may see it', async () => {
  const { accountId, id } = await addFinding('111111111111', { control: 'S3.2', title: 'Buckets are private' })
  const target = `finding:${toFindingId(accountId, id)}`
  const lead = accessOf(await addMember('lead'), 'lead')
  await prisma().$transaction(tx => recordAudit(tx, lead, { action: 'finding.take', target }))
  const limited = accessOf(await addMember('auditor', { limited: true, accounts: ['222222222222'] }), 'auditor')
  const rows = await readAll(accessOf(await addMember('auditor'), 'auditor'))
  expect(rows[0]?.finding).toEqual({ control: 'S3.2', title: 'Buckets are private', account: accountId })
  expect((await readAll(limited)).filter(row => row.finding !== null)).toEqual([])
})
