import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { type ExportedFinding, exportFindings } from '../../lib/queries/findings/export'
import { setStatus } from '../../lib/store/findings/triage'
import { attach } from '../support/files'
import { accessOf, addMember } from '../support/people'
import { asff, at, complete, findingOf, job, newAccount, type RecordParts } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })

async function exported(): Promise<ExportedFinding[]> {
  const rows: ExportedFinding[] = []
  const filter = FindingFilter.parse({ account: [account], status: ['new', 'resolved'] })
  for await (const page of exportFindings(job, filter)) rows.push(...page)
  return rows
}

test('an open finding is exported with the severity of each source, and without a resolution', async () => {
  await complete([one()], at(2))
  const [row] = await exported()
  expect(row).toMatchObject({
    openedAt: at(2),
    resolvedAt: null,
    resolvedBy: null,
    resolvedImport: null,
    exceptionId: null,
  })
  expect(row?.severities).toMatch(/^security-hub=(critical|high|medium|low)$/)
})

test('a finding that a report resolved names the report', async () => {
  await complete([one(), one({ control: 'S3.9' })], at(2))
  await complete([one({ control: 'S3.9' })], at(3))
  const row = (await exported()).find(each => each.control === 'S3.2')
  const latest = await prisma().import.findFirstOrThrow({ orderBy: { id: 'desc' } })
  expect(row).toMatchObject({ resolvedAt: at(3), resolvedReason: 'absent', resolvedImport: latest.id, severities: '' })
})

test('a finding names its files with their hashes', async () => {
  await complete([one()], at(2))
  const id = toFindingId(account, (await findingOf(one()))?.id ?? '')
  await attach(accessOf(await addMember('lead'), 'lead'), '証跡.txt', 'The bucket was removed', { finding: id })
  expect(await exported()).toMatchObject([{ evidence: expect.stringMatching(/^証跡\.txt sha256:[0-9a-f]{64}$/) }])
})

test('a finding that a person resolved names the person and the reason', async () => {
  await complete([one()], at(2))
  const lead = await addMember('lead', { name: 'Hanako' })
  const id = toFindingId(account, (await findingOf(one()))?.id ?? '')
  await setStatus(accessOf(lead, 'lead'), {
    selection: { ids: [id] },
    status: 'resolved',
    reason: 'Removed the bucket',
  })
  const [row] = await exported()
  const decision = {
    resolvedReason: 'hand',
    resolvedBy: 'Hanako',
    resolvedText: 'Removed the bucket',
    resolvedImport: null,
  }
  expect(row).toMatchObject(decision)
})
