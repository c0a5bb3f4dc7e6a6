import 'server-only'
import { createHash } from 'node:crypto'
import { jobAccess } from '../../access/job'
import type { CallCounts } from '../../aws/call/call'
import type { CellCalls, Collector } from '../../aws/collect/collector'
import { emptyCell, failedCell, headerOf, planCells } from '../../aws/collect/report'
import type { AwsConnection } from '../../aws/connection'
import { AwsFailure } from '../../aws/failure'
import { now } from '../../clock'
import { windowSince } from '../../domain/collection/cells'
import { type CollectorDefinition, collectorDefinition } from '../../domain/collection/collectors'
import type { CoverageLine } from '../../domain/collection/lines'
import type { Position } from '../../domain/collection/position'
import { readSince } from '../../store/collection/assets'
import { beginTask, type ClaimedTask, endTask, importState, saveLines } from '../../store/collection/tasks'
import { noteLane } from '../../store/imports/lanes'
import { beginReceiving, dropReceiving, finishReceiving } from '../../store/imports/receive'
import { inflatedPieces } from '../../store/payload/pieces'
import { ReportWriter } from './report-writer'
import { cellsOfView, countPlaces, coveredRegions, failedCellsOfView, viewedCell, windowOfView } from './view'

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
  if (position === null) return endTask(access, task)
  // A run that was killed before may not have come that far.
  if (task.sizeBytes === 0) await saveHeader(task, position)
  await new TaskRun(task, setting, position).work()
}

/** Begins the report of a task. Null where there is nothing to read. */
async function begin(
  task: ClaimedTask,
  definition: CollectorDefinition,
  setting: TaskSetting,
): Promise<Position | null> {
  const startedAt = now()
  const { accountId, collector } = task
  const { regions: enabled, cells } = await planCells(task, definition, setting.connection)
  const covered = definition.feed === null ? new Set<string>() : await coveredRegions(access, task, startedAt)
  const regions = enabled.filter(region => !covered.has(region))
  // Its administrator reads all of it, and other rounds tell which Regions are not enabled.
  if (regions.length === 0 && covered.size > 0 && task.kind === 'light') return null
  const importId = await beginReceiving(access, {
    source: definition.feed,
    account: accountId,
    coverage: 'complete',
    origin: 'collector',
    fileName: `${collector}-${accountId}.ndjson`,
    observedAt: startedAt,
  })
  const windows = await windowsOf(task, definition, startedAt)
  const position: Position = {
    regions,
    cells,
    windows,
    view: null,
    places: {},
    region: null,
    cursor: null,
    records: 0,
    startedAt: startedAt.toISOString(),
  }
  try {
    await beginTask(access, task, importId, position)
    task.importId = importId
    task.sizeBytes = 0
  } catch (error) {
    await dropReceiving(access, importId)
    throw error
  }
  return position
}

async function saveHeader(task: ClaimedTask, position: Position): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(headerOf(task, position.startedAt))}\n`)
  await saveLines(access, task, { bytes, position, records: 0, calls: 0, throttles: 0 })
}

/** Light rounds read findings by windows of their changes, which close nothing. What else they read is small, and read whole. */
async function windowsOf(
  { accountId, collector, kind }: ClaimedTask,
  { feed }: CollectorDefinition,
  at: Date,
): Promise<Position['windows']> {
  if (kind !== 'light' || feed === null) return {}
  const read = await readSince(access, [accountId], collector)
  return Object.fromEntries(
    read.flatMap(cell => {
      const since = windowSince(cell, at)
      return since ? [[cell.region, since.toISOString()]] : []
    }),
  )
}

class TaskRun {
  readonly #task: ClaimedTask
  readonly #setting: TaskSetting
  readonly #writer: ReportWriter
  /** Not their calls: these would hold the clients of cells that are read. */
  readonly #counted: CallCounts[] = []
  /** Accounts of cells besides the task's own. */
  #accounts: string[] = []
  #position: Position

  constructor(task: ClaimedTask, setting: TaskSetting, position: Position) {
    this.#task = task
    this.#setting = setting
    this.#position = position
    this.#writer = new ReportWriter(access, task, () => this.#counts())
  }

  async work(): Promise<void> {
    const { region: begun, regions } = this.#position
    if (begun !== null) await this.#readRegion(begun)
    for (const region of regions)
      if (!this.#isRead(region) && (await this.#look(region))) await this.#readRegion(region)
    // Regions that another one was to show, whose view could not be read.
    for (const region of regions) if (!this.#isRead(region)) await this.#readRegion(region)
    this.#accounts = this.#position.cells.map(({ account }) => account).filter(each => each !== this.#task.accountId)
    this.#writer.add(this.#position.cells, { asRecords: false })
    // Behind the last line nothing is left to read: a run that continues here only queues the report.
    await this.#writer.save({ ...this.#position, regions: [], cells: [] })
    await this.#finish()
  }

  #isRead(region: string): boolean {
    return this.#position.cells.some(cell => cell.account === this.#task.accountId && cell.region === region)
  }

  async #readRegion(region: string): Promise<void> {
    if (this.#position.region !== region)
      this.#position = { ...this.#position, region, cursor: null, records: 0, places: {} }
    const cells = [...this.#position.cells, ...(await this.#readCell(region))]
    this.#position = { ...this.#position, cells, region: null, cursor: null, records: 0, view: null, places: {} }
    await this.#writer.saveSome(this.#position)
  }

  /** The cell of a Region, with those that are read in its view. */
  async #readCell(region: string): Promise<CoverageLine[]> {
    const { accountId, collector } = this.#task
    const { signal, connection } = this.#setting
    const { view } = this.#position
    const window = this.#position.windows[region]
    const since = window === undefined ? null : new Date(window)
    const calls = connection.cell(accountId, region, signal, { since, isView: view !== null })
    this.#counted.push(connection.counts(calls))
    const cell = emptyCell(accountId, region, collector, 'ok')
    try {
      await this.#readPages(calls)
      return cellsOfView({ ...cell, complete: since === null, records: this.#position.records }, this.#position)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AwsFailure)) throw error
      const failed = { ...failedCell(cell, error), records: this.#position.records }
      return failedCellsOfView(access, failed, this.#position)
    }
  }

  /**
   * Finds out what is read in a Region besides the account's own findings, and since when. False for a Region that is read in the view
   * of another one.
   */
  async #look(region: string): Promise<boolean> {
    const { regions: enabled, windows, startedAt } = this.#position
    const { connection, signal } = this.#setting
    const view = await viewedCell(access, this.#task, { connection, region, enabled, signal })
    if (view === null) return true
    if (view.home !== region) return false
    const since = await windowOfView(access, this.#task, view, new Date(startedAt))
    const { [region]: _, ...others } = windows
    this.#position = { ...this.#position, view, windows: since === null ? others : { ...others, [region]: since } }
    return true
  }

  async #readPages(calls: CellCalls): Promise<void> {
    const { collector, signal } = this.#setting
    for await (const { records, next } of collector.collect(calls, this.#position.cursor)) {
      signal.throwIfAborted()
      this.#writer.add(records, { asRecords: true })
      const { view, places } = this.#position
      this.#position = {
        ...this.#position,
        cursor: next,
        records: this.#position.records + records.length,
        places: view === null ? places : countPlaces(places, records, calls),
      }
      if (next !== null) await this.#writer.saveSome(this.#position)
    }
  }

  #counts(): CallCounts {
    return this.#counted.reduce((a, b) => ({ calls: a.calls + b.calls, throttles: a.throttles + b.throttles }), {
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
    await this.#noteAccounts(importId)
    await finishReceiving(access, [{ id: importId, sha256: hash.digest('hex'), sizeBytes }], true)
    await endTask(access, this.#task)
  }
  /** The accounts of a view, which its import locks from the beginning. */
  async #noteAccounts(importId: number): Promise<void> {
    const { accountId } = this.#task
    const accounts = new Set(this.#accounts)
    if (accounts.size > 0) await noteLane(access, importId, [...accounts, accountId])
  }
}
