import type { CsvMapping } from '../domain/imports/csv-mapping'
import type { Outcome, SourceId } from '../domain/imports/outcome'

/** The file formats that Hinomi reads. A feed (SourceId) is told apart by what its records say of their origin. */
export type FormatId =
  | 'asff'
  | 'config'
  | 'trusted-advisor'
  | 'trusted-advisor-recommendations'
  | 'ocsf'
  | 'guardduty'
  | 'inspector'
  | 'access-analyzer'
  | 'macie'
  | 'prowler-native'
  | 'iam-credential-report'

export interface ReadingContext {
  /** When the report arrived: later times count as this one, see readTime. */
  now: Date
  /** When the report was made, where that is known: ages are counted from here. */
  observedAt?: Date
  /** The account that the importer named, for records that name none. */
  account?: string
  /** The Region that the importer named, for records that name none. */
  region?: string
  /** The organisation's zone, for times that name none; UTC where unset. */
  timeZone?: string
}

/** A reader of one upstream format. Pure: it never writes and never asks the network. */
export interface Source<Raw = unknown> {
  readonly id: FormatId
  /** Whether a record looks like this format. */
  recognises(record: Record<string, unknown>): boolean
  /** Checks one record's shape. Throws RejectedRecord with a reason fit for a person. */
  parse(record: Record<string, unknown>): Raw
  /** One record gives one or more outcomes. Throws RejectedRecord where a value breaks a rule of the domain. */
  normalise(raw: Raw, context: ReadingContext): Outcome[]
}

export interface OutcomeOptions extends ReadingContext {
  /** The feed that the person who imports named; it overrides what the record says. */
  source?: SourceId
  /** The records are rows of CSV, to be read by this. */
  mapping?: CsvMapping
}
