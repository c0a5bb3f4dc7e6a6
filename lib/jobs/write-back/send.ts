import 'server-only'
import { jobAccess } from '../../access/job'
import { type AwsConnection, openConnection } from '../../aws/connection'
import { AwsFailure, toFailure } from '../../aws/failure'
import { MOST_FINDINGS, type Unprocessed, updateFindings } from '../../aws/write-back'
import { AccountId } from '../../domain/accounts/account-id'
import type { Failure } from '../../domain/collection/failure'
import { isTransient } from '../../domain/collection/write-back/unprocessed'
import { usableConnection } from '../../store/collection/connections'
import { noteWords } from '../../store/write-back/note-words'
import { dequeue, dueFindings, postpone, type QueuedFinding, refresh } from '../../store/write-back/queue'
import { failingPlaces, type SentRecord, savePlaceFailure, saveSent } from '../../store/write-back/records'
import { keepWriteBack, type WritingConnection } from '../../store/write-back/settings'
import { Targets } from './home'
import { type PlannedRecord, planWriting } from './plan'

const access = jobAccess('write-back')

/** Findings that are read from the queue at once. */
const AT_ONCE = 500
const EVERY_HOURS = 24
/** Pauses after a failure that somebody has to repair, and after a transient one. */
const DENIED_SECONDS = 3600
const TRANSIENT_SECONDS = 300
/** How often a record is tried that Security Hub cannot update at the moment; later the daily comparison tries it. */
const ATTEMPTS = 5

export interface Writer {
  connection: WritingConnection
  holder: string
  signal: AbortSignal
}

/** Writes what is due for a connection. Returns whether more may be due. */
export async function writeDue({ connection, holder, signal }: Writer): Promise<boolean> {
  await refresh(access, connection.id, EVERY_HOURS)
  const queued = await dueFindings(access, connection.id, AT_ONCE)
  if (queued.length === 0) return false
  const usable = await usableConnection(access, connection.id)
  if (!usable || usable.externalId === null) return false
  const open = (roleName: string) =>
    openConnection({ ...usable, externalId: usable.externalId, roleName, session: 'hinomi-write-back' })
  const targets = new Targets(access, open(connection.readRole), signal)
  const plan = await planWriting(access, queued, { targets, words: await noteWords(connection.language) })
  const failing = await failingPlaces(access, connection.id)
  const writer = open(connection.writeRole)
  /** Records that are not settled, with the seconds until they are tried again. */
  const waiting = new Map<string, number>()
  for (const batch of batchesOf([...plan.records.values()])) {
    const [first] = batch
    if (!first) continue
    const key = `${first.account} ${first.region}`
    const later = failing.get(key)
    if (later !== undefined) {
      for (const { record } of batch) waiting.set(record.id, later)
      continue
    }
    // Between two calls somebody may have switched it off, or another worker may have taken it.
    if (signal.aborted || !(await keepWriteBack(access, holder, connection.id))) return false
    const failed = await send(connection.id, writer, batch, signal)
    if (failed.seconds !== null) failing.set(key, failed.seconds)
    for (const [id, seconds] of failed.records) waiting.set(id, seconds)
  }
  await settle(queued, plan.recordsOf, waiting)
  return queued.length === AT_ONCE
}

interface Failed {
  /** Until the place is tried again; null where it answered. */
  seconds: number | null
  records: Map<string, number>
}

/** One call, and what it answered. */
async function send(
  connectionId: string,
  writer: AwsConnection,
  batch: readonly PlannedRecord[],
  signal: AbortSignal,
): Promise<Failed> {
  const [first] = batch
  if (!first) return { seconds: null, records: new Map() }
  const { account, region, workflow, note } = first
  const place = { connectionId, account, region }
  try {
    const calls = writer.cell(AccountId.parse(account), region, signal)
    const unprocessed = await updateFindings(
      calls,
      batch.map(({ record }) => record),
      { workflow, note },
    )
    const errors = new Map(unprocessed.map(each => [keyOf(each), each]))
    await saveSent(
      access,
      place,
      batch.map(planned => toSent(planned, errors.get(keyOf(planned.record)) ?? null)),
    )
    const transient = batch.filter(({ record }) => isTransient(errors.get(keyOf(record))?.code ?? ''))
    return { seconds: null, records: new Map(transient.map(({ record }) => [record.id, TRANSIENT_SECONDS])) }
  } catch (error) {
    if (!(error instanceof AwsFailure) || signal.aborted) throw error
    const seconds = error.retryable ? TRANSIENT_SECONDS : DENIED_SECONDS
    await savePlaceFailure(access, place, toFailure(error) satisfies Failure, seconds)
    return { seconds, records: new Map(batch.map(({ record }) => [record.id, seconds])) }
  }
}

function keyOf({ productArn, findingId }: { productArn: string; findingId: string }): string {
  return JSON.stringify([productArn, findingId])
}

function toSent(
  { accountId, record, findingId, workflow, note }: PlannedRecord,
  error: Unprocessed | null,
): SentRecord {
  const said = error && { code: error.code, message: error.message }
  return { accountId, id: record.id, findingId, workflow, note, error: said }
}

/** Records of one account and Region that get the same status and note, at most 100 a call. */
function* batchesOf(records: readonly PlannedRecord[]): Generator<PlannedRecord[]> {
  const groups = new Map<string, PlannedRecord[]>()
  for (const planned of records) {
    const { account, region, workflow, note } = planned
    const key = JSON.stringify([account, region, workflow, note])
    const group = groups.get(key)
    if (group) group.push(planned)
    else groups.set(key, [planned])
  }
  for (const group of groups.values())
    for (let from = 0; from < group.length; from += MOST_FINDINGS) yield group.slice(from, from + MOST_FINDINGS)
}

/** Takes findings from the queue, except those with a record that waits. */
async function settle(
  queued: readonly QueuedFinding[],
  recordsOf: ReadonlyMap<QueuedFinding, string[]>,
  waiting: ReadonlyMap<string, number>,
): Promise<void> {
  const done: QueuedFinding[] = []
  const later = new Map<number, QueuedFinding[]>()
  for (const finding of queued) {
    const seconds = (recordsOf.get(finding) ?? []).flatMap(id => waiting.get(id) ?? [])
    const longest = Math.ceil(Math.max(...seconds))
    if (seconds.length === 0 || (longest <= TRANSIENT_SECONDS && finding.attempts >= ATTEMPTS)) done.push(finding)
    else later.set(longest, [...(later.get(longest) ?? []), finding])
  }
  await dequeue(access, done)
  for (const [seconds, findings] of later) await postpone(access, findings, seconds)
}
