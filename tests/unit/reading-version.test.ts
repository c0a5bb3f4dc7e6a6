import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentHashOf, findingIdOf, sightingIdOf } from '../../lib/domain/identity/identity'
import { RejectedRecord } from '../../lib/domain/imports/reject'
import { READING } from '../../lib/ingest/unchanged-records/reading'
import { outcomesOf } from '../../lib/sources/registry'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { ocsfFinding } from '../support/aws/examples/security-hub-v2'
import { fixture, now, read } from './sources/support'

/** Digests of the outcomes of the example files, by the version of READING. */
const said = new Map([
  [2, '5f13ce414aaadedb861dbfe2aa2881f9'],
  [3, 'b303edf39597cc2170a0c9824c26b462'],
  // Exposure findings of Security Hub are posture. With more examples than before.
  [4, 'ca10dbcdc3039b9f4d1913410bd1f61c'],
])

const place = { account: '111111111111', region: 'eu-west-1' }
const written = securityHubFinding(place, 'S3.1')

/** Records that no example file has: exposure findings, and what comes back after an update by Hinomi. */
const more: object[] = [
  ocsfFinding(place),
  ...['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED'].map(Status => ({
    ...written,
    Workflow: { Status },
    Note: { Text: `x [Hinomi ${Status}]`, UpdatedBy: 'Hinomi', UpdatedAt: written.UpdatedAt },
  })),
]

function saidBy(value: unknown): string[] {
  try {
    return outcomesOf(value, { now }).map(outcome =>
      [
        sightingIdOf(outcome),
        findingIdOf(outcome),
        contentHashOf(outcome),
        outcome.control,
        outcome.region,
        outcome.class,
        outcome.result,
        outcome.echo ?? false,
      ].join(),
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
  for (const value of more) digest.update(saidBy(value).join('\n'))
  expect(said.get(READING), 'raise READING in lib/ingest/unchanged-records/reading.ts, and note what it says').toBe(
    digest.digest('hex').slice(0, 32),
  )
})
