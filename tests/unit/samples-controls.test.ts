import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { categoryOf } from '../../lib/domain/controls/category-of'
import unjoined from '../../lib/domain/controls/data/unjoined.json'
import { controlTable } from '../../lib/domain/controls/table'
import type { Outcome } from '../../lib/domain/imports/outcome'
import { RejectedRecord } from '../../lib/domain/imports/reject'
import { RejectedDocument, readDocument } from '../../lib/sources/reader/document'
import { outcomesOf } from '../../lib/sources/registry'
import { isRecord } from '../../lib/sources/values/text'
import failures from '../fixtures/prowler-failures.json'

/** A folder with reports of many tools, one folder per format; they are not part of the project. */
const samples = process.env.HINOMI_SAMPLES ?? ''
const FOLDERS = ['asff', 'ocsf', 'prowler', 'prowler-runs', 'trusted-advisor', 'access-analyzer', 'macie', 'inspector2']
/** Tools that name their checks. Names of an organization's own rules have no category that anybody knows. */
const NAMING = new Set(['prowler', 'trusted-advisor', 'access-analyzer', 'macie', 'inspector'])

const reasons = new Set(unjoined.map(({ name }) => name.toLowerCase()))
const posture: Outcome[] = []
/** Security Hub controls that records of Prowler say their check proves. */
const stated = new Map<string, Set<string>>()

function note(value: unknown): void {
  if (!isRecord(value) || !isRecord(value.metadata) || !isRecord(value.unmapped)) return
  const { compliance } = value.unmapped
  const proved = isRecord(compliance) ? compliance['AWS-Foundational-Security-Best-Practices'] : null
  const check = String(value.metadata.event_code)
  if (Array.isArray(proved))
    for (const id of proved) stated.set(check, (stated.get(check) ?? new Set()).add(String(id)))
}

async function readSample(path: string): Promise<void> {
  try {
    for await (const batch of readDocument(createReadStream(path))) {
      for (const record of batch) {
        if (!('value' in record)) continue
        note(record.value)
        try {
          const found = outcomesOf(record.value, { now: new Date(), account: '111111111111' })
          posture.push(...found.filter(outcome => outcome.class === 'posture'))
        } catch (error) {
          if (!(error instanceof RejectedRecord)) throw error
        }
      }
    }
  } catch (error) {
    if (!(error instanceof RejectedDocument)) throw error
  }
}

describe.skipIf(samples === '')('controls of real reports (skipped without HINOMI_SAMPLES)', () => {
  beforeAll(async () => {
    for (const folder of FOLDERS)
      for (const entry of readdirSync(join(samples, folder), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) await readSample(join(entry.parentPath, entry.name))
  }, 120_000)

  test('the ranked list of failing checks of Prowler is that of these reports', () => {
    const counts = new Map<string, number>()
    for (const { source, result, control } of posture)
      if (source === 'prowler' && result === 'failed') counts.set(control, (counts.get(control) ?? 0) + 1)
    const ranked = [...counts].map(([check, failed]) => ({ check, failed }))
    expect(ranked.sort((a, b) => b.failed - a.failed || (a.check < b.check ? -1 : 1))).toEqual(failures)
  })

  test('under 10 % of the checks that no canonical control has are in no category', () => {
    const names = new Set(
      posture
        .filter(({ source, control }) => NAMING.has(source) && !controlTable.find(control, source))
        .map(({ control }) => control),
    )
    expect(names.size).toBeGreaterThan(20)
    const other = [...names].filter(control => categoryOf({ class: 'posture', control }) === 'other')
    expect(other.length / names.size, other.join(', ')).toBeLessThan(0.1)
  })

  test('a check that its records map to one control is joined to it, or the reason stands in the data', () => {
    const wrong = [...stated].filter(([check, ids]) => {
      const rows = new Set([...ids].map(id => controlTable.named(id)?.id ?? id))
      const [only, ...others] = rows
      return others.length === 0 && only !== controlTable.find(check, 'prowler')?.id && !reasons.has(check)
    })
    expect(wrong.map(([check, ids]) => `${check}: ${[...ids]}`)).toEqual([])
  })
})
