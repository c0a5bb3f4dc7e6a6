import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { CellCalls } from '../../aws/collect/collector'
import { placeOf, viewOf } from '../../aws/collect/views'
import type { AwsConnection } from '../../aws/connection'
import { AwsFailure } from '../../aws/failure'
import { AccountId } from '../../domain/accounts/account-id'
import { isCovered, windowSince } from '../../domain/collection/cells'
import { isCollectorId } from '../../domain/collection/collectors'
import type { CoverageLine } from '../../domain/collection/lines'
import type { Position, ViewedCell } from '../../domain/collection/position'
import { isAdministrator, readSince } from '../../store/collection/assets'
import { connectedAmong } from '../../store/collection/connected'
import type { ClaimedTask } from '../../store/collection/tasks'

type TaskPlace = Pick<ClaimedTask, 'accountId' | 'collector' | 'kind' | 'region'>

/** Regions of an account that its administrator reads for it. What somebody asked for is always read in the account itself. */
export async function coveredRegions(access: JobAccess, task: TaskPlace, at: Date): Promise<Set<string>> {
  if (task.kind === 'single') return new Set()
  const cells = await readSince(access, [task.accountId], task.collector)
  return new Set(cells.filter(cell => isCovered(cell, task.accountId, at)).map(({ region }) => region))
}

/** What an administrator reads in one Region for others as well; null for an account that reads its own findings alone. */
export async function viewedCell(
  access: JobAccess,
  { accountId, collector, kind }: TaskPlace,
  { connection, region, enabled, signal }: ViewPlace,
): Promise<ViewedCell | null> {
  if (kind === 'single' || !isCollectorId(collector) || !(await isAdministrator(access, accountId))) return null
  const callsIn = (each: string) => connection.cell(AccountId.parse(accountId), each, signal)
  try {
    const view = await viewOf(collector, { region, enabled, callsIn })
    // Cells are those of connected accounts.
    return view && { ...view, members: await connectedAmong(access, view.members), regions: [...view.regions] }
  } catch (error) {
    // Its own findings can be read without its members: they then read theirs themselves.
    if (error instanceof AwsFailure) return null
    throw error
  }
}

interface ViewPlace {
  connection: AwsConnection
  region: string
  enabled: readonly string[]
  signal: AbortSignal
}

/** Since when changes of a view are missing; null where one of its cells has to be read whole. */
export async function windowOfView(
  access: JobAccess,
  { accountId, collector, kind }: TaskPlace,
  { members, regions }: ViewedCell,
  at: Date,
): Promise<string | null> {
  if (kind !== 'light') return null
  const accounts = [accountId, ...members]
  const cells = new Map(
    (await readSince(access, accounts, collector)).map(cell => [`${cell.account} ${cell.region}`, cell]),
  )
  let since: Date | null = null
  for (const account of accounts) {
    for (const region of regions) {
      const cell = cells.get(`${account} ${region}`)
      const own = cell ? windowSince(cell, at) : null
      if (own === null) return null
      if (since === null || own < since) since = own
    }
  }
  return since?.toISOString() ?? null
}

/** The cell that was read, and those of other accounts and Regions that were read with it. */
export function cellsOfView(cell: CoverageLine, position: Pick<Position, 'view' | 'places'>): CoverageLine[] {
  const { view, places } = position
  if (view === null) return [cell]
  return [cell.account, ...view.members].flatMap(account =>
    view.regions.map(region => {
      const via = account === cell.account ? {} : { via: cell.account }
      return { ...cell, account, region, records: places[`${account} ${region}`] ?? 0, ...via }
    }),
  )
}

/**
 * The cells of a view that could not be read. Other Regions of its account are read by themselves, and accounts that it did not cover
 * before read themselves: they say so themselves.
 */
export async function failedCellsOfView(
  access: JobAccess,
  cell: CoverageLine,
  position: Pick<Position, 'view' | 'places'>,
): Promise<CoverageLine[]> {
  const lines = cellsOfView(cell, position)
  if (position.view === null) return lines
  const cells = await readSince(access, position.view.members, cell.collector)
  const covered = new Set(
    cells.flatMap(({ via, account, region }) => (via === cell.account ? `${account} ${region}` : [])),
  )
  return lines.filter(({ account, region }) =>
    account === cell.account ? region === cell.region : covered.has(`${account} ${region}`),
  )
}

/** The numbers of records by account and Region, with some more. */
export function countPlaces(
  places: Position['places'],
  records: readonly object[],
  calls: Pick<CellCalls, 'account' | 'region'>,
): Position['places'] {
  const counted = { ...places }
  for (const record of records) {
    const key = placeOf(record, calls)
    counted[key] = (counted[key] ?? 0) + 1
  }
  return counted
}
