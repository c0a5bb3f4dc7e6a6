import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { getAccount } from '../../lib/queries/accounts/account'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { applyException } from '../../lib/store/exceptions/apply'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestException } from '../../lib/store/exceptions/request'
import { setStatus } from '../../lib/store/findings/triage'
import { migrate, withMigrationLock } from '../../scripts/launch/migrate.mjs'
import { migrationNames } from '../../scripts/launch/schema-engine.mjs'
import { accessFor } from '../support/organisation'
import { accessOf, addMember } from '../support/people'
import { ask, bareDatabase } from './support-backup'
import { asff, at, complete, expectTrueCounts, findingOf, historyOf, job, newAccount, partial } from './support-ingest'

afterAll(closeDatabase)

const lead = accessFor('lead')
let account = ''
beforeEach(() => {
  account = newAccount()
})

const open = () => asff({ account, severity: 'CRITICAL', updatedAt: null })
const note = {
  Text: 'Accepted by the platform team',
  UpdatedBy: 'arn:aws:iam::1:user/a',
  UpdatedAt: at(1).toISOString(),
}
const hidden = () => ({ ...asff({ account, severity: 'CRITICAL', updatedAt: null, suppressed: true }), Note: note })

async function idOf() {
  const finding = await findingOf(open())
  if (!finding) throw new Error('no finding')
  return toFindingId(account, finding.id)
}

test('a suppressed finding has a status of its own, with who and why, and is listed', async () => {
  await complete([open()], at(2))
  expect(await complete([hidden()], at(3))).toMatchObject({ resolved: 0, updated: 1 })
  expect(await findingOf(open())).toMatchObject({ status: 'suppressed', resolvedAt: null, overdue: false })
  const filter = FindingFilter.parse({ account: [account], status: ['suppressed'] })
  expect(await listFindings(lead, filter, { cursor: null, limit: 5 })).toMatchObject({ total: 1 })
  const none = FindingFilter.parse({ account: [account] })
  expect(await listFindings(lead, none, { cursor: null, limit: 5 })).toMatchObject({ total: 0 })
  const { sightings, may } = await getFinding(lead, await idOf())
  expect(sightings[0]?.suppression).toEqual({ means: null, by: note.UpdatedBy, at: at(1), note: note.Text })
  expect(may.except).toBe(true)
  await partial([open()], at(4))
  expect(await findingOf(open())).toMatchObject({ status: 'new', reopenedCount: 0 })
  expect(await historyOf(open())).toEqual([
    ['suppressed', 'new', 'suppressed'],
    ['unsuppressed', 'suppressed', 'new'],
  ])
  await expectTrueCounts()
})

test('a check without a result does not end the suppression, a pass does', async () => {
  await complete([hidden()], at(2))
  await partial([asff({ account, status: 'NOT_AVAILABLE', updatedAt: null })], at(3))
  expect(await findingOf(open())).toMatchObject({ status: 'suppressed' })
  await partial([asff({ account, status: 'PASSED', suppressed: true, updatedAt: null })], at(4))
  expect(await findingOf(open())).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
})

test('a person cannot set its status, but an exception covers it, and returns it when it ends', async () => {
  await complete([hidden()], at(2))
  const id = await idOf()
  await expect(setStatus(lead, { selection: { ids: [id] }, status: 'resolved', reason: 'r' })).rejects.toMatchObject({
    code: 'conflict',
    reason: 'isSuppressed',
  })
  const score = async () => (await getAccount(lead, account)).scoreBand
  expect(await score()).toBe('critical')
  setClock(() => at(5))
  const member = accessOf(await addMember('member', { teams: ['sre'] }), 'member')
  const csirt = accessOf(await addMember('lead', { teams: ['csirt'] }), 'lead')
  const asked = await requestException(member, {
    finding: id,
    kind: 'accepted',
    reason: 'x',
    controls: 'how',
    until: '2026-07-01',
  })
  await decideException(csirt, { id: asked.id, approve: true, note: 'yes' })
  await applyException(job, asked.id)
  expect(await findingOf(open())).toMatchObject({ status: 'accepted', beforeException: 'suppressed' })
  expect(await score()).not.toBe('critical')
  // The source ends the suppression meanwhile: the problem is open once the exception ends.
  await partial([open()], at(6))
  expect(await findingOf(open())).toMatchObject({ status: 'accepted', beforeException: 'new' })
  await partial([hidden()], at(7))
  await endException(csirt, { id: asked.id, note: '' })
  await applyException(job, asked.id)
  expect(await findingOf(open())).toMatchObject({ status: 'suppressed', exceptionId: null })
  expect(await score()).toBe('critical')
})

test('an upgrade gives findings that sources suppress their status, and no other', async () => {
  const url = await bareDatabase()
  await withMigrationLock(url, ({ apply }) => apply(migrationNames().filter(name => name < '20261127700302')))
  await ask(
    url,
    `INSERT INTO account (id) VALUES ('111111111111');
     INSERT INTO finding (account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity,
       status, team, first_seen_at, opened_at, updated_at, first_observed_at, resolved_at, resolved_reason, first_import_id, changed_import_id)
     SELECT '111111111111', ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'posture', 'S3.2', '', '', '', '', '', '', 5,
       'resolved', 'sre', now(), now(), now(), now(), now(), CASE WHEN n = 3 THEN 'passed' ELSE 'suppressed' END, 1, 1 FROM generate_series(1, 3) AS n;
     INSERT INTO sighting (account_id, id, finding_id, class, source, product, control, native_id, result, present, severity, title, description,
       remediation_text, remediation_url, resource_type, content_hash, observed_at, import_id, raw_offset, raw_length)
     SELECT account_id, id, id, 'posture', 'security-hub', '', 'S3.2', '', 'suppressed', id::text NOT LIKE '%2', 5, '', '', '', '', '', 1, now(), 1, 0, 0
     FROM finding`,
  )
  await migrate(url)
  expect(await ask(url, 'SELECT status, resolved_reason FROM finding ORDER BY id')).toEqual([
    { status: 'suppressed', resolved_reason: null },
    { status: 'resolved', resolved_reason: 'suppressed' },
    { status: 'resolved', resolved_reason: 'passed' },
  ])
  expect(await ask(url, 'SELECT kind, before, after FROM finding_event')).toEqual([
    { kind: 'suppressed', before: 'resolved', after: 'suppressed' },
  ])
  expect(await ask(url, `SELECT status, n FROM finding_count WHERE n > 0 ORDER BY 1`)).toEqual([
    { status: 'resolved', n: 2 },
    { status: 'suppressed', n: 1 },
  ])
  expect(await ask(url, 'SELECT count(*)::int AS n FROM finding_period')).toEqual([{ n: 0 }])
})
