import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { controlTable, putControlTable, shippedControlTable } from '../../lib/domain/controls/table'
import { regroup } from '../../lib/ingest/regroup'
import { rateFindings } from '../../lib/store/policies/control-severity'
import { loadControlTable, saveControlRows } from '../../lib/store/policies/control-table'
import { controlRow } from '../support/controls'
import { asff, at, ingest, job, newAccount, unratedControlTable } from './support-ingest'

beforeEach(async () => {
  putControlTable(shippedControlTable)
  await pool().query('TRUNCATE setting, policy_work, control_severity')
})
afterAll(async () => {
  await pool().query('TRUNCATE setting, policy_work, control_severity')
  putControlTable(unratedControlTable)
  await closeDatabase()
})

const definitions = (...controls: [id: string, severity: string][]) => ({
  SecurityControlDefinitions: controls.map(([SecurityControlId, SeverityRating]) => ({
    SecurityControlId,
    Title: SecurityControlId,
    Description: '',
    RemediationUrl: '',
    SeverityRating,
    CurrentRegionAvailability: 'AVAILABLE',
  })),
})

test('AWS’s list of its controls brings new severities and new controls, from the next start on', async () => {
  const account = newAccount()
  await ingest([asff({ account, control: 'S3.14', severity: 'LOW' })], { observedAt: at(2) })
  const list = definitions(['S3.14', 'HIGH'], ['GuardDuty.99', 'CRITICAL'], ['S3.1', 'MEDIUM'])
  expect(await saveControlRows(job, list)).toEqual({ changed: 2, added: 1 })
  expect(controlTable.named('S3.14')?.severity).toBe('low')
  await loadControlTable()
  expect(controlTable.named('S3.14')).toMatchObject({ severity: 'high', category: 'resilience' })
  expect(controlTable.find('s3_bucket_object_versioning', 'prowler')?.id).toBe('S3.14')
  expect(controlTable.named('guardduty.99')).toMatchObject({ severity: 'critical', category: 'watch' })
  await regroup(job)
  while (await rateFindings(job));
  expect(await prisma().finding.findFirst({ where: { accountId: account } })).toMatchObject({ severity: 4 })
  const entry = await prisma().auditEntry.findFirst({ where: { action: 'setting.controls' }, orderBy: { id: 'desc' } })
  expect(JSON.stringify(entry?.detail)).toContain('GuardDuty.99')
})

test('rows of the table itself replace those with their ids; an empty list goes back to those of this version', async () => {
  const row = controlRow('S3.14', { prowler: ['s3_versions'] }, { severity: 'critical', category: 'data' })
  expect(await saveControlRows(job, [row])).toEqual({ changed: 1, added: 0 })
  await loadControlTable()
  expect(controlTable.named('S3.14')).toMatchObject({ severity: 'critical', category: 'data' })
  expect(controlTable.named('s3_versions')?.id).toBe('S3.14')
  await saveControlRows(job, [])
  await loadControlTable()
  expect(controlTable.digest).toBe(shippedControlTable.digest)
})

test('anything else is refused, and nothing is stored', async () => {
  await expect(saveControlRows(job, { rows: [] })).rejects.toThrow()
  await expect(saveControlRows(job, [controlRow('New.1', { prowler: ['iam_root_mfa_enabled'] })])).rejects.toThrow(
    'iam_root_mfa_enabled is in two rows',
  )
  expect(await prisma().setting.count()).toBe(0)
})

test('rows that do not fit the version that reads them are left out', async () => {
  await prisma().setting.create({ data: { key: 'control-rows', value: [{ id: 'S3.14', severity: 'huge' }] } })
  await loadControlTable()
  expect(controlTable.digest).toBe(shippedControlTable.digest)
})
