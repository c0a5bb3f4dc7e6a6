import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import { accountContacts } from '../../lib/queries/accounts/contacts'
import { confirmContacts } from '../../lib/store/accounts/contacts'
import { accessFor } from '../support/organisation'
import { accessOf, addMember } from '../support/people'
import { complete, newAccount } from './support-ingest'

const DAY = 86_400_000
const start = new Date('2026-06-01T00:00:00Z')
const AIKO = { name: 'Aiko', title: 'Operations', email: 'operations@example.com' }
const later = (days: number) => new Date(start.getTime() + days * DAY)

let account = ''
beforeEach(async () => {
  account = newAccount()
  await prisma().checkRun.deleteMany({})
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

/** Reads the contacts as the collector `account` does, at a time, and runs what is due an hour later. */
async function readAt(time: Date, contact: object | null = AIKO): Promise<void> {
  const data = { company: 'Example', country: 'JP', billing: contact, operations: contact, security: contact }
  const place = { account, region: 'global' }
  const resource = { type: 'AWS::Account::Contacts', arn: `arn:aws:iam::${account}:root`, name: account, data }
  const lines = [
    { collection: 1, account, collector: 'account', startedAt: time.toISOString(), whole: true },
    { inventory: 1, ...place, ...resource, observedAt: time.toISOString() },
    { coverage: 1, ...place, collector: 'account', state: 'ok', complete: true, records: 1 },
  ]
  await complete(lines.map(line => `${JSON.stringify(line)}\n`).join(''), time)
  setClock(() => new Date(time.getTime() + 2 * 3_600_000))
  await runDue()
}

async function runDue(): Promise<void> {
  await prisma().checkRun.updateMany({ where: { dueAt: { not: null } }, data: { dueAt: new Date(0) } })
  while (await runNextChecks());
  for (const { id } of await prisma().import.findMany({ where: { source: 'hinomi', state: 'queued' } }))
    await attemptImport(id)
}

async function status(): Promise<string> {
  const where = { accountId: account, control: 'hinomi/contacts-confirmed' }
  return (await prisma().finding.findFirstOrThrow({ where })).status
}

test('contacts are confirmed by a person, for 365 days', async () => {
  const lead = accessOf(await addMember('lead', { name: 'Ken' }), 'lead')
  await readAt(start)
  expect(await status()).toBe('new')
  expect(await accountContacts(lead, account)).toMatchObject({
    contacts: { billing: { email: 'operations@example.com' } },
    confirmedAt: null,
  })

  await confirmContacts(lead, { id: account })
  await runDue()
  expect(await status()).toBe('resolved')
  const confirmedAt = new Date(start.getTime() + 2 * 3_600_000)
  expect(await accountContacts(lead, account)).toMatchObject({ confirmedAt, confirmedBy: 'Ken' })
  expect(await prisma().auditEntry.findFirst({ where: { action: 'account.contacts' } })).toMatchObject({
    accountId: account,
    actorName: 'Ken',
  })

  await readAt(later(364))
  expect(await status()).toBe('resolved')
  await readAt(later(365))
  expect(await status()).toBe('new')
  await confirmContacts(lead, { id: account })
  await runDue()
  expect(await status()).toBe('resolved')
})

test('members who do not see the account confirm nothing', async () => {
  await readAt(start)
  const limited = accessFor('lead', { accounts: ['999999999999'] })
  await expect(confirmContacts(limited, { id: account })).rejects.toMatchObject({ code: 'not_found' })
  expect(await accountContacts(limited, account)).toBeNull()
  expect(await prisma().account.findUnique({ where: { id: account } })).toMatchObject({ contactsConfirmedAt: null })
})

test('contacts that AWS does not have cannot be confirmed', async () => {
  const lead = accessOf(await addMember('lead', { name: 'Ken' }), 'lead')
  await readAt(start, null)
  await expect(confirmContacts(lead, { id: account })).rejects.toMatchObject({ reason: 'contactsUnset' })
  expect(await status()).toBe('new')
  await readAt(later(1))
  await confirmContacts(lead, { id: account })
})
