import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { FindingFilter } from '../../lib/domain/findings/filter'
import type { FindingRow } from '../../lib/domain/views'
import { listFindings } from '../../lib/queries/findings/list'
import { accessFor, clear, ours } from '../support/organisation'
import { addFinding } from '../support/people'

const lead = accessFor('lead')
const ENCRYPTION = ['S3.5', 'RDS.3']
const DAY = 86_400_000

beforeAll(async () => {
  await clear()
  for (let n = 0; n < 60; n++) {
    const at = new Date(Date.UTC(2026, 0, 1) + n * DAY)
    await addFinding(ours, {
      control: [...ENCRYPTION, 'IAM.9'][n % 3] ?? '',
      severity: 2 + (n % 4),
      status: n % 5 === 0 ? 'resolved' : 'new',
      ...(n % 5 === 0 && { resolvedAt: at, resolvedReason: 'hand' }),
      firstSeenAt: at,
      firstObservedAt: at,
      openedAt: at,
    })
  }
})
afterAll(closeDatabase)

async function all(filter: object, limit: number): Promise<FindingRow[]> {
  const rows: FindingRow[] = []
  let cursor: string | null = null
  do {
    const page = await listFindings(lead, FindingFilter.parse(filter), { cursor, limit })
    rows.push(...page.rows)
    cursor = page.next
  } while (cursor !== null)
  return rows
}

// Of open findings each severity is read by itself, so that pages and orders have to go on from one to the next.
test.each(['severity', 'due', 'newest', 'oldest'] as const)(
  'findings of a category or framework, by %s, are those of its controls in the order of the whole list',
  async sort => {
    for (const status of [[], ['resolved'], ['new', 'resolved']]) {
      const whole = await all({ sort, status }, 100)
      const wanted = whole.filter(row => ENCRYPTION.includes(row.control)).map(row => row.id)
      expect(wanted.length).toBeGreaterThan(5)
      const category = { category: ['encryption'], sort, status }
      for (const filter of [category, { ...category, framework: ['fsbp'] }, { ...category, text: 'example' }])
        for (const limit of [7, 100]) expect((await all(filter, limit)).map(row => row.id)).toEqual(wanted)
    }
  },
)
