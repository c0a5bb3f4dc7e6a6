import { vi } from 'vitest'
import { Aws } from '../../../lib/aws/aws'
import type { Cursor, Page } from '../../../lib/aws/collect/collector'
import { collectorOf } from '../../../lib/aws/collect/registry'
import type { CollectorId } from '../../../lib/domain/collection/collectors'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { readDocument } from '../../../lib/sources/reader/document'
import { outcomesOf } from '../../../lib/sources/registry'
import { type Emulator, HOME } from './emulator'
import { pagesOf } from './fake-calls'
import { virtualClock } from './virtual-clock'

/** AWS as Hinomi sees it in the emulator, which has no limits: time passes at once where a call waits for them, or before a retry. */
export function emulatedAws({ endpoint }: Emulator, region: string): Aws {
  return new Aws({ endpoint, region, clock: virtualClock(Date.now()) })
}

interface Reading {
  readonly region: string
  readonly from?: Cursor | null
}

/** The pages that a collector reads in the emulator, with cursors as they are after they were stored. */
export async function collectedPages(
  emulator: Emulator,
  id: CollectorId,
  { region, from = null }: Reading,
): Promise<Page[]> {
  const collector = collectorOf(id)
  if (!collector) throw new Error(`no collector ${id}`)
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value)
  const aws = emulatedAws(emulator, region)
  try {
    const place = { region, signal: AbortSignal.timeout(60_000) }
    return JSON.parse(JSON.stringify(await pagesOf(collector, aws.asSelf(HOME.account, place), from)))
  } finally {
    aws.close()
    vi.unstubAllEnvs()
  }
}

/** What the sources read in the records of a report. Throws where one of them is rejected. */
export async function outcomesIn(records: readonly object[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const now = new Date()
  async function* lines() {
    for (const record of records) yield Buffer.from(`${JSON.stringify(record)}\n`)
  }
  for await (const batch of readDocument(lines())) {
    for (const record of batch) {
      if (!('value' in record)) throw new Error(JSON.stringify(record))
      outcomes.push(...outcomesOf(record.value, { now, observedAt: now, account: HOME.account }))
    }
  }
  return outcomes
}
