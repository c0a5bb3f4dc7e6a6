import 'server-only'
import type { CollectorDefinition } from '../../domain/collection/collectors'
import type { CollectionHeader, CoverageLine } from '../../domain/collection/lines'
import { cutText } from '../../domain/text/cut-text'
import type { AwsConnection } from '../connection'
import { AwsFailure } from '../failure'
import type { Collector } from './collector'

/** The Region of the one cell of a collector that is not regional. */
const GLOBAL = 'global'
const MESSAGE_LENGTH = 500

/** The subject of one report. */
export interface ReportPlace {
  accountId: string
  collector: string
  /** The only Region to read; null for all. */
  region: string | null
}

/** The Regions to read, and the cells that need no reading: those of Regions that are not enabled. */
export async function planCells(
  { accountId, collector, region }: ReportPlace,
  { regional }: Pick<CollectorDefinition, 'regional'>,
  connection: Pick<AwsConnection, 'regions'>,
): Promise<{ regions: string[]; cells: CoverageLine[] }> {
  if (!regional) return { regions: [GLOBAL], cells: [] }
  if (region !== null) return { regions: [region], cells: [] }
  try {
    const { enabled, disabled } = await connection.regions(accountId)
    const cells = disabled.map(each => emptyCell(accountId, each, collector, 'not_enabled'))
    return { regions: enabled, cells }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    // Without the Regions no cell can be read, and the account's own Region tells why.
    return { regions: [], cells: [failedCell(emptyCell(accountId, GLOBAL, collector, error.state), error)] }
  }
}

/** The first line of a report. It is whole unless it is about one Region alone. */
export function headerOf({ accountId: account, collector, region }: ReportPlace, startedAt: string): CollectionHeader {
  return { collection: 1, account, collector, startedAt, whole: region === null }
}

/** A cell of which nothing was read. */
export function emptyCell(
  account: string,
  region: string,
  collector: string,
  state: CoverageLine['state'],
): CoverageLine {
  return { coverage: 1, account, region, collector, state, complete: false, records: 0 }
}

/** The cell after a failed call: what was read of it before stays in the report, but it is not complete. */
export function failedCell(cell: CoverageLine, { state, action, message }: AwsFailure): CoverageLine {
  return { ...cell, state, complete: false, action, message: cutText(message, MESSAGE_LENGTH) }
}

/** The lines of one report, without a saved position. Returns its cells. Throws the reason of `signal`. */
export async function* reportLines(
  place: ReportPlace,
  setting: {
    definition: CollectorDefinition
    collector: Collector
    connection: AwsConnection
    startedAt: string
    signal: AbortSignal
  },
): AsyncGenerator<object, CoverageLine[]> {
  const { definition, collector, connection, startedAt, signal } = setting
  const { regions, cells } = await planCells(place, definition, connection)
  yield headerOf(place, startedAt)
  for (const region of regions) {
    const cell = emptyCell(place.accountId, region, place.collector, 'ok')
    let records = 0
    try {
      const calls = connection.cell(place.accountId, region, signal)
      for await (const page of collector.collect(calls, null)) {
        signal.throwIfAborted()
        records += page.records.length
        yield* page.records
      }
      cells.push({ ...cell, complete: true, records })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AwsFailure)) throw error
      cells.push({ ...failedCell(cell, error), records })
    }
  }
  yield* cells
  return cells
}
