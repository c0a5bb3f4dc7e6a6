import type { ChainedKind } from './rows'

/** A covered row as people find it. `run` are the lines that an import wrote, under the import's id. */
export interface ChainRow {
  kind: ChainedKind | 'run'
  id: string
  accountId: string | null
  findingId: string | null
}

/** The first place where the chain does not hold. `at` is when the link was made. */
export type Broken =
  | { problem: 'changed' | 'missing'; row: ChainRow; link: number; at: string }
  /** Nothing covers the row, or a run has more lines than it had. */
  | { problem: 'added'; row: ChainRow; link: number | null; at: string | null }
  /** The link itself, what it follows on, or what is kept of the rows that it covers. */
  | { problem: 'linkChanged' | 'linkLoose' | 'linkMissing' | 'sealChanged'; link: number; at: string | null }

export interface Verification {
  links: number
  /** Lines of the audit log and of histories that are covered one by one. */
  decisions: number
  runs: number
  /** Lines of histories that those runs wrote. */
  events: number
  /** The latest time of a covered row. */
  until: string | null
  /** The hash of the last link that holds. */
  head: string | null
  /** Null where no hash was asked for. */
  headFound: boolean | null
  /** Rows that claim a time at which they were not yet in the database, or long were. */
  misdated: { count: number; first: { row: ChainRow; at: string; entered: string } | null }
  /** Rows and imports that wait for their link. */
  pending: number
  broken: Broken | null
}

/** What a page shows of the chain. */
export interface ChainState {
  head: { at: Date; hash: string } | null
  pending: number
  /** Whether there are more than `pending`. */
  more: boolean
}
