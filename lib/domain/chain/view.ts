import type { ChainedKind } from './rows'

/** A covered row as shown to people. `run` stands for the lines of an import, under the import's id. */
export interface ChainRow {
  kind: ChainedKind | 'run'
  id: string
  accountId: string | null
  findingId: string | null
}

/** The first place where the chain is broken. `at` is when the link was made. */
export type Broken =
  | { problem: 'changed' | 'missing'; row: ChainRow; link: number; at: string }
  /** Nothing covers the row, or a run has more lines than it had. */
  | { problem: 'added'; row: ChainRow; link: number | null; at: string | null }
  /** The link itself, its previous hash, or the seals of its rows. */
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
  /** The hash of the last valid link. */
  head: string | null
  /** Null where no hash was asked for. */
  headFound: boolean | null
  /** Rows whose time differs from their arrival in the database. */
  misdated: { count: number; first: { row: ChainRow; at: string; entered: string } | null }
  /** Rows and imports that wait for their link. */
  pending: number
  broken: Broken | null
}

/** The state of the chain, as a page shows it. */
export interface ChainState {
  head: { at: Date; hash: string } | null
  pending: number
  /** Whether there are more than `pending`. */
  more: boolean
}
