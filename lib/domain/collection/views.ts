import type { ConnectionKind, RoundKind, RoundState, UpdateConnection } from './connection'
import type { CellState } from './lines'

/** A round with how far it has come. */
export interface RoundView {
  id: number
  kind: RoundKind
  state: RoundState
  actorKind: string
  actorName: string
  createdAt: Date
  finishedAt: Date | null
  tasks: number
  ended: number
  records: number
  calls: number
  throttles: number
}

export interface ConnectionView {
  id: string
  name: string
  kind: ConnectionKind
  accountId: string
  partition: string
  roleName: string
  pausedAt: Date | null
  createdAt: Date
  /** Open accounts that it connects. */
  accounts: number
  /** Its cells by whether they are ok. */
  ok: number
  failing: number
  /** The newest rounds, newest first. */
  rounds: RoundView[]
}

/** What a form that changes a connection shows of it. */
export function settingsOf({ name, roleName, pausedAt }: ConnectionView): UpdateConnection['seen'] {
  return { name, roleName, paused: pausedAt !== null }
}

/** A task that waits or runs: one collector in an account. `region`: the only Region that it reads; null for all. */
export interface OpenTask {
  collector: string
  region: string | null
  running: boolean
}

/** The last result of one collector in one Region. */
export interface CellView {
  collector: string
  region: string
  state: CellState
  complete: boolean
  records: number
  action: string | null
  message: string | null
  readAt: Date
  okAt: Date | null
  since: Date
  importId: number
  /** The administrator of the service in whose view it is read; null where the account is read itself. */
  via: string | null
}

/** The cells of one collector in one account. */
export interface CoverageCell {
  collector: string
  /** Number of cells by state, without states that no cell has. */
  states: Partial<Record<CellState, number>>
  /** When the oldest of them was read. */
  readAt: Date
}

/** Whether a connection reads an account: active, paused by somebody, or none. */
export type AccountReader = 'active' | 'paused' | 'none'

export interface CoverageRow {
  account: { id: string; name: string }
  reader: AccountReader
  cells: CoverageCell[]
  open: OpenTask[]
}
