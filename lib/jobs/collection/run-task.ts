import 'server-only'
import { createHash } from 'node:crypto'
import { jobAccess } from '../../access/job'
import type { CellCalls, Collector } from '../../aws/collect/collector'
import { emptyCell, failedCell, headerOf, planCells } from '../../aws/collect/report'
import type { AwsConnection } from '../../aws/connection'
import { AwsFailure } from '../../aws/failure'
import { now } from '../../clock'
import { type CollectorDefinition, collectorDefinition } from '../../domain/collection/collectors'
import type { CoverageLine } from '../../domain/collection/lines'
import type { Position } from '../../domain/collection/position'
import { inflatedPieces } from '../../ingest/read/payload'
import { beginTask, type ClaimedTask, endTask, importState, saveLines } from '../../store/collection/tasks'
import { beginReceiving, dropReceiving, finishReceiving } from '../../store/imports/receive'
import { ReportWriter } from './report-writer'

/** The permissions of a sender who says everything about an account. */
export const access = jobAccess('collection', { permissions: ['imports:read', 'imports:write', 'imports:close'] })

export interface TaskSetting {
  connection: AwsConnection
  collector: Collector
  signal: AbortSignal
}

/**
 * Reads the cells of one task, or continues where an earlier run stopped, and queues the report. Throws TaskLost where another run took
 * over, AppError where no report may be stored now, and the reason of `signal`.
 */
export async function runTask(task: ClaimedTask, setting: TaskSetting): Promise<void> {
  const definition = collectorDefinition(task.collector)
  if (!definition) throw new Error(`no collector ${task.collector}`)
  const state = task.importId === null ? null : await importState(access, task.importId)
  // A run that was killed after it queued the report had no time to say so.
  if (state !== null && state !== 'receiving') return endTask(access, task)
  const position = (state === null ? null : task.position) ?? (await begin(task, definition, setting))
  await new TaskRun(task, setting, position).work()
}

/** Begins the report of a task. */
async function begin(task: ClaimedTask, definition: CollectorDefinition, setting: TaskSetting): Promise<Position> {
  const startedAt = now()
  const { accountId, collector } = task
  const { regions, cells } = await planCells(task, definition, setting.connection)
  const importId = await beginReceiving(access, {
    source: definition.feed,
    account: accountId,
    coverage: 'complete',
    origin: 'collector',
    fileName: `${collector}-${accountId}.ndjson`,
    observedAt: startedAt,
  })
  const position = { regions, cells, cursor: null, records: 0, startedAt: startedAt.toISOString() }
  try {
    await beginTask(access, task, importId, position)
    task.importId = importId
    task.sizeBytes = 0
    const header = headerOf(task, position.startedAt)
    const bytes = Buffer.from(`${JSON.stringify(header)}\n`)
    await saveLines(access, task, { bytes, position, records: 0, calls: 0, throttles: 0 })
  } catch (error) {
    await dropReceiving(access, importId)
    throw error
  }
  return position
}

class TaskRun {
  readonly #task: ClaimedTask
  readonly #setting: TaskSetting
  readonly #writer: ReportWriter
  readonly #counted: CellCalls[] = []
  #position: Position

  constructor(task: ClaimedTask, setting: TaskSetting, position: Position) {
    this.#task = task
    this.#setting = setting
    this.#position = position
    this.#writer = new ReportWriter(access, task, () => this.#counts())
  }

  async work(): Promise<void> {
    const read = new Set(this.#position.cells.map(({ region }) => region))
    for (const region of this.#position.regions) {
      if (read.has(region)) continue
      const cell = await this.#readCell(region)
      this.#position = { ...this.#position, cells: [...this.#position.cells, cell], cursor: null, records: 0 }
      await this.#writer.saveSome(this.#position)
    }
    this.#writer.add(this.#position.cells, { asRecords: false })
    // Behind the last line nothing is left to read: a run that continues here only queues the report.
    await this.#writer.save({ ...this.#position, regions: [], cells: [] })
    await this.#finish()
  }

  async #readCell(region: string): Promise<CoverageLine> {
    const { accountId, collector } = this.#task
    const { signal, connection } = this.#setting
    const calls = connection.cell(accountId, region, signal)
    this.#counted.push(calls)
    const cell = emptyCell(accountId, region, collector, 'ok')
    try {
      await this.#readPages(calls)
      return { ...cell, complete: true, records: this.#position.records }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AwsFailure)) throw error
      return { ...failedCell(cell, error), records: this.#position.records }
    }
  }

  async #readPages(calls: CellCalls): Promise<void> {
    const { collector, signal } = this.#setting
    for await (const { records, next } of collector.collect(calls, this.#position.cursor)) {
      signal.throwIfAborted()
      this.#writer.add(records, { asRecords: true })
      this.#position = { ...this.#position, cursor: next, records: this.#position.records + records.length }
      if (next !== null) await this.#writer.saveSome(this.#position)
    }
  }

  #counts(): { calls: number; throttles: number } {
    const all = this.#counted.map(calls => this.#setting.connection.counts(calls))
    return all.reduce((a, b) => ({ calls: a.calls + b.calls, throttles: a.throttles + b.throttles }), {
      calls: 0,
      throttles: 0,
    })
  }

  async #finish(): Promise<void> {
    const { importId } = this.#task
    if (importId === null) throw new Error('the task has no import')
    const hash = createHash('sha256')
    let sizeBytes = 0
    for await (const piece of inflatedPieces(access, importId)) {
      hash.update(piece)
      sizeBytes += piece.length
    }
    await finishReceiving(access, [{ id: importId, sha256: hash.digest('hex'), sizeBytes }], true)
    await endTask(access, this.#task)
  }
}
