import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool } from '../../lib/db'
import { findingIdOf, sightingIdOf } from '../../lib/domain/identity/identity'
import type { Outcome } from '../../lib/domain/imports/outcome'
import { RejectedRecord } from '../../lib/domain/imports/reject'
import { isOtherFile } from '../../lib/ingest/receive/file-type'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { getImport } from '../../lib/queries/imports/imports'
import { RejectedDocument, readDocument } from '../../lib/sources/reader/document'
import { outcomesOf } from '../../lib/sources/registry'
import { expectConsistent } from './support-check'
import { expectTrueCounts, job } from './support-ingest'

/** A folder with reports of many tools, one folder per format; they are not part of the project. */
const samples = process.env.HINOMI_SAMPLES ?? ''
const folders = [
  'asff',
  'asff-other-api',
  'ocsf',
  'prowler',
  'guardduty',
  'inspector2',
  'access-analyzer',
  'macie',
  'aws-config',
  'trusted-advisor',
  'iam-credential-report',
  'malformed-docs',
  'not-a-finding',
  'hostile',
  'hostile-json',
]

afterAll(closeDatabase)

/** What the readers accept of a file, without a database. */
async function acceptedOf(path: string): Promise<{ records: number; outcomes: Outcome[] }> {
  const outcomes: Outcome[] = []
  let records = 0
  try {
    for await (const batch of readDocument(createReadStream(path))) {
      for (const record of batch) {
        if (!('value' in record)) continue
        try {
          outcomes.push(...outcomesOf(record.value, { now: new Date() }))
          records++
        } catch (error) {
          if (!(error instanceof RejectedRecord)) throw error
        }
      }
    }
  } catch (error) {
    if (!(error instanceof RejectedDocument)) throw error
  }
  return { records, outcomes }
}

/** Where each outcome is to be found: its sighting, and its finding unless it only tells that a check passed or could not tell. */
async function missing(outcomes: readonly Outcome[]): Promise<string[]> {
  const lost: string[] = []
  for (const outcome of outcomes) {
    const { rows } = await pool().query<{ sighting: boolean; finding: boolean }>(
      `SELECT EXISTS (SELECT FROM sighting WHERE account_id = $1 AND id = $2) AS sighting,
              EXISTS (SELECT FROM finding WHERE account_id = $1 AND id = $3) AS finding`,
      [outcome.accountId, sightingIdOf(outcome), findingIdOf(outcome)],
    )
    const needsFinding = !['passed', 'not_available'].includes(outcome.result)
    if (!rows[0]?.sighting || (needsFinding && !rows[0].finding)) lost.push(`${outcome.nativeId} ${outcome.result}`)
  }
  return lost
}

describe.skipIf(samples === '')('every real file is stored without loss', () => {
  test.each(folders)('%s', { timeout: 240_000 }, async folder => {
    setClock()
    const names = readdirSync(join(samples, folder)).sort()
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      const path = join(samples, folder, name)
      const received = receiveImport(job, createReadStream(path), {
        source: null,
        coverage: 'partial',
        origin: 'command',
        fileName: name,
        observedAt: null,
        force: true,
      })
      if (isOtherFile(name)) {
        await expect(received, name).rejects.toMatchObject({ code: 'invalid', reason: 'fileType' })
        continue
      }
      const { id } = await received
      await runImport(job, id)
      const { state, counts, error, rejects } = await getImport(job, id)
      const expected = await acceptedOf(path)
      expect({ name, read: counts.read }).toEqual({ name, read: counts.accepted + counts.rejected })
      expect({ name, accepted: counts.accepted }).toEqual({ name, accepted: expected.records })
      expect({ name, told: rejects.length }).toEqual({ name, told: Math.min(counts.rejected, 1000) })
      expect({ name, failed: state === 'failed' }).toEqual({ name, failed: error !== null })
      expect({ name, lost: await missing(expected.outcomes) }).toEqual({ name, lost: [] })
    }
    await expectTrueCounts()
  })

  test('and everything that is shown of them is consistent', { timeout: 240_000 }, () => expectConsistent())
})
