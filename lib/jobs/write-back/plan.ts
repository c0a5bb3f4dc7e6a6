import 'server-only'
import type { JobAccess } from '../../access/proof'
import { type NoteWords, toWrite, type Written, type WrittenFinding } from '../../domain/collection/write-back/decision'
import { type HubRecord, toHubRecord } from '../../ingest/write-back/hub-record'
import type { QueuedFinding } from '../../store/write-back/queue'
import { findingsOfSightings, lastWritten, recordPlaces } from '../../store/write-back/records'
import { StoredRecords } from '../../store/write-back/stored-records'
import type { Target, Targets } from './home'

/** One record of Security Hub that must be updated. */
export interface PlannedRecord extends Written, Target {
  record: HubRecord
  /** The account of the finding; `account` is that whose role updates it. */
  accountId: string
  /** The finding whose state it gets. */
  findingId: string
}

/** Findings of the queue, each with the ids of the records that must be updated for it. */
export interface WritePlan {
  records: Map<string, PlannedRecord>
  recordsOf: Map<QueuedFinding, string[]>
}

/** The updates for findings of the queue, by their present state. */
export async function planWriting(
  access: JobAccess,
  queued: readonly QueuedFinding[],
  { targets, words }: { targets: Targets; words: NoteWords },
): Promise<WritePlan> {
  const found = await readRecords(access, queued)
  const all = [...found.records.values()]
  const last = await lastWritten(
    access,
    all.map(({ accountId, record }) => ({ accountId, id: record.id })),
  )
  const states = await statesOf(access, all)
  const records = new Map<string, PlannedRecord>()
  for (const { accountId, record } of all) {
    const wanted = toWrite(states.get(record.id) ?? [], last.get(record.id) ?? null, words)
    const target = wanted && (await targets.of(accountId, record.region))
    if (!wanted || !target) continue
    const { finding: findingId, ...written } = wanted
    records.set(record.id, { ...written, ...target, record, accountId, findingId })
  }
  const recordsOf = new Map(
    queued.map(finding => {
      const own = found.recordsOf.get(`${finding.accountId} ${finding.findingId}`) ?? []
      return [finding, own.filter(id => records.has(id))] as const
    }),
  )
  return { records, recordsOf }
}

interface FoundRecord {
  accountId: string
  record: HubRecord
}

async function readRecords(access: JobAccess, queued: readonly QueuedFinding[]) {
  const records = new Map<string, FoundRecord>()
  const recordsOf = new Map<string, string[]>()
  const stored = new StoredRecords()
  for (const place of await recordPlaces(access, queued)) {
    const { accountId, findingId, sightingId } = place
    const text = await stored.text(access, place)
    const record = text === null ? null : toHubRecord(text, place)
    if (record === null) continue
    const known = records.get(record.id)
    const sightings = new Set([...record.sightings, ...(known?.record.sightings ?? []), sightingId])
    records.set(record.id, { accountId, record: { ...record, sightings: [...sightings] } })
    const key = `${accountId} ${findingId}`
    const own = recordsOf.get(key) ?? []
    if (!own.includes(record.id)) recordsOf.set(key, [...own, record.id])
  }
  return { records, recordsOf }
}

/** The findings that each record reports: one record may be about several. */
async function statesOf(access: JobAccess, records: readonly FoundRecord[]): Promise<Map<string, WrittenFinding[]>> {
  const wanted = records.flatMap(({ accountId, record }) => record.sightings.map(id => ({ accountId, id })))
  const rows = await findingsOfSightings(access, wanted)
  const bySighting = new Map(rows.map(row => [`${row.accountId} ${row.sighting}`, row]))
  return new Map(
    records.map(({ accountId, record }) => [
      record.id,
      record.sightings.flatMap(id => bySighting.get(`${accountId} ${id}`) ?? []),
    ]),
  )
}
