import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { CsvMapping } from '../../lib/domain/imports/csv-mapping'
import { previewCsv } from '../../lib/ingest/read/preview-csv'
import { listCsvMappings } from '../../lib/queries/imports/csv-mappings'
import { dropCsvMapping, saveCsvMapping } from '../../lib/store/imports/csv-mappings'
import { at, complete, ingest, job, newAccount, rejectsOf } from './support-ingest'

beforeEach(async () => {
  await prisma().csvMapping.deleteMany({})
})
afterAll(closeDatabase)

const mapping = CsvMapping.parse({
  product: 'House Scanner',
  class: 'posture',
  columns: { account: 'Acct', resource: 'Target', control: 'Rule', severity: 'Sev', status: 'State' },
  severities: { P1: 'critical', P2: 'medium' },
  statuses: { NG: 'failed', OK: 'passed' },
})
const csv = (...rows: string[]) => `${['Acct,Target,Rule,Sev,State', ...rows].join('\n')}\n`

test('a CSV is imported with a mapping’s name, resolves findings like any report, and keeps its mapping', async () => {
  const account = newAccount()
  await saveCsvMapping(job, { name: 'house', mapping, seen: null })
  const rows = [`${account},web-1,no-root,P1,NG`, `${account},web-2,no-root,P2,NG`, `${account},web-3,no-root,P7,NG`]
  const first = await ingest(csv(...rows), { mapping: 'house', observedAt: at(1) })
  expect(first).toMatchObject({
    state: 'done',
    read: 3,
    accepted: 2,
    rejected: 1,
    created: 2,
    sources: ['csv'],
    mapping,
  })
  expect(await rejectsOf(first.id)).toEqual({ 2: 'bad_field' })
  await dropCsvMapping(job, { name: 'house' })
  await expect(complete(csv(...rows), at(2), { mapping: 'house' })).rejects.toMatchObject({ reason: 'noMapping' })
  await saveCsvMapping(job, { name: 'house', mapping, seen: null })
  expect(await complete(csv(`${account},web-1,no-root,P1,NG`), at(3), { mapping: 'house' })).toMatchObject({
    resolved: 1,
  })
  expect(
    await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceId: 'asc' } }),
  ).toMatchObject([
    { resourceId: 'web-1', status: 'new', severity: 5, sources: ['csv'] },
    { resourceId: 'web-2', status: 'resolved', resolvedReason: 'absent' },
  ])
})

test('the same bytes with another mapping are another import, and none of their rows is skipped', async () => {
  const account = newAccount()
  await saveCsvMapping(job, { name: 'house', mapping, seen: null })
  const mild = { ...mapping, severities: { P1: 'low' as const } }
  await saveCsvMapping(job, { name: 'mild', mapping: mild, seen: null })
  const bytes = csv(`${account},web-1,no-root,P1,NG`)
  const one = await complete(bytes, at(1), { mapping: 'house', force: false })
  const other = await complete(bytes, at(2), { mapping: 'mild', force: false })
  expect(other.id).not.toBe(one.id)
  expect(await prisma().finding.findFirst({ where: { accountId: account } })).toMatchObject({ severity: 2 })
})

test('a name is unique, and a change from an outdated version is refused', async () => {
  await saveCsvMapping(job, { name: 'house', mapping, seen: null })
  await expect(saveCsvMapping(job, { name: 'house', mapping, seen: null })).rejects.toMatchObject({
    reason: 'mappingExists',
  })
  const [saved] = await listCsvMappings(job)
  await saveCsvMapping(job, { name: 'house', mapping, seen: saved?.version ?? null })
  await expect(saveCsvMapping(job, { name: 'house', mapping, seen: saved?.version ?? null })).rejects.toMatchObject({
    reason: 'policyChanged',
  })
})

test('a preview shows columns and rows as an import would read them, and imports nothing', async () => {
  const head = csv(
    '111111111111,web-1,no-root,P1,NG',
    '111111111111,"=HYPERLINK(""x"")",no-root,P2,OK',
    ',,no-root,P1,NG',
  )
  expect((await previewCsv(job, { mapping: null, head })).columns).toEqual(['Acct', 'Target', 'Rule', 'Sev', 'State'])
  const imports = await prisma().import.count()
  const { rows } = await previewCsv(job, { mapping, head: `${head}half a ro` })
  expect(rows).toHaveLength(3)
  expect(rows[0]?.outcome).toMatchObject({ severity: 'critical', result: 'failed', resourceId: 'web-1' })
  expect(rows[1]?.outcome).toMatchObject({ resourceId: '=HYPERLINK("x")', result: 'passed' })
  expect(rows[2]?.reject).toMatchObject({ code: 'missing_field' })
  expect(await prisma().import.count()).toBe(imports)
})
