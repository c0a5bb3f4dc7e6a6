import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Access } from '../../lib/access/proof'
import { closeDatabase } from '../../lib/db'
import { FindingFilter } from '../../lib/domain/findings/filter'
import { severityRank } from '../../lib/domain/findings/severity'
import { listFindings } from '../../lib/queries/findings/list'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, newAccount } from './support-ingest'

const account = newAccount()
const SEVERITIES = ['CRITICAL', 'HIGH', 'HIGH', 'MEDIUM', 'LOW', 'MEDIUM', 'LOW', 'LOW'] as const
let access: Access<'findings:read'>
afterAll(closeDatabase)

/** Findings whose bucket has the name in it, and a tag, of every severity; and three times as many others. */
beforeAll(async () => {
  const records = Array.from({ length: 160 }, (_, n) => {
    const wanted = n % 4 === 0
    const id = `arn:aws:s3:::${wanted ? 'zeppelin' : 'balloon'}-${String(n).padStart(3, '0')}`
    const severity = SEVERITIES[Math.floor(n / 4) % SEVERITIES.length] ?? 'LOW'
    const record = asff({ account, control: `Own.${n % 5}`, resource: id, severity, description: `Line ${n % 7}.` })
    return { ...record, Resources: [{ Type: 'AwsS3Bucket', Id: id, Tags: { Stage: wanted ? 'test' : 'live' } }] }
  })
  await ingest(records, { observedAt: at(1) })
  access = accessOf(await addMember('lead'), 'lead')
})

async function pagesOf(filter: object, limit: number) {
  const rows: { resource: string; severity: number }[] = []
  const totals = new Set<string>()
  for (let cursor: string | null = null, more = true; more; ) {
    const page = await listFindings(access, FindingFilter.parse({ account: [account], ...filter }), { cursor, limit })
    rows.push(...page.rows.map(row => ({ resource: row.resourceId, severity: severityRank(row.severity) })))
    totals.add(`${page.total} ${page.exact}`)
    cursor = page.next
    more = page.next !== null
  }
  return { rows, totals: [...totals] }
}

test.each([
  ['the name of a resource', { text: 'zeppelin' }, 40],
  ['a tag in the text', { text: 'Stage=test' }, 40],
  ['a tag', { tag: ['Stage=test'] }, 40],
  ['a description of all of them', { text: 'Line ' }, 160],
  ['a tag, of severe findings', { tag: ['Stage=test'], severity: ['critical', 'high'] }, 15],
  ['a tag, of others', { tag: ['Stage=test'], severity: ['low'] }, 15],
])('pages of findings by %s have each once, the most severe first', async (_name, filter, count) => {
  for (const limit of [3, 7, 500]) {
    const { rows, totals } = await pagesOf(filter, limit)
    expect(new Set(rows.map(row => row.resource)).size).toBe(count)
    expect(rows).toHaveLength(count)
    const severities = rows.map(row => row.severity)
    expect(severities).toEqual(severities.toSorted((a, b) => b - a))
    expect(totals).toEqual([`${count} true`])
  }
})
