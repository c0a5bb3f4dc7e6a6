import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentHashOf, findingIdOf, sightingIdOf } from '../../lib/domain/identity/identity'
import { RejectedRecord } from '../../lib/domain/imports/reject'
import { READING } from '../../lib/ingest/unchanged-records/reading'
import { outcomesOf } from '../../lib/sources/registry'
import { fixture, now, read } from './sources/support'

/** Digests of the outcomes of the example files, by the version of READING. */
const said = new Map([
  [2, '5f13ce414aaadedb861dbfe2aa2881f9'],
  [3, 'b303edf39597cc2170a0c9824c26b462'],
  // Exposure findings of Security Hub are posture; no example has one.
  [4, 'b303edf39597cc2170a0c9824c26b462'],
])

function saidBy(value: unknown): string[] {
  try {
    return outcomesOf(value, { now }).map(outcome =>
      [sightingIdOf(outcome), findingIdOf(outcome), contentHashOf(outcome), outcome.control, outcome.region].join(),
    )
  } catch (problem) {
    if (problem instanceof RejectedRecord) return [problem.code]
    throw problem
  }
}

test('READING is raised when the result for a record changes', async () => {
  const digest = createHash('sha256')
  for (const folder of ['asff', 'ocsf']) {
    for (const name of readdirSync(join(__dirname, '../fixtures', folder)).sort()) {
      const { values } = await read(fixture(`${folder}/${name}`))
      for (const value of values) digest.update(saidBy(value).join('\n'))
    }
  }
  expect(said.get(READING), 'raise READING in lib/ingest/unchanged-records/reading.ts, and note what it says').toBe(
    digest.digest('hex').slice(0, 32),
  )
})
