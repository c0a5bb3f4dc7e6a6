import type { CsvMapping } from '../domain/imports/csv-mapping'
import type { Outcome, SourceId } from '../domain/imports/outcome'

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

/** A document inside a string. `beside` is added to each of its records. */
export interface WrappedText {
  text: string
  beside?: Record<string, unknown>
}

/** A record, and where it stands: an element of a list of its document, or the document itself. */
export interface Joined {
  value: unknown
  place: { list: string; at: number } | null
}

/** What a document has told so far that later records of it are understood by. */
export interface Companions {
  /** Keys of lists whose elements are understood only together with what stands beside them. */
  readonly lists: readonly string[]
  /** The records of a value, each with what belongs to it. Null where it is a record as it stands, or nothing of the source. */
  join(value: unknown): Joined[] | null
}

/** A reader of one upstream format. Pure: it never writes and never asks the network. */
export interface Source<Raw = unknown> {
  /** Whether a record looks like this format. */
  recognises(record: Record<string, unknown>): boolean
  /** Checks one record's shape. Throws RejectedRecord with a reason fit for a person. */
  parse(record: Record<string, unknown>): Raw
  /** One record gives one or more outcomes. Throws RejectedRecord where a value breaks a rule of the domain. */
  normalise(raw: Raw, context: ReadingContext): Outcome[]
  /** Whether a record of a source that reports by control and Region leaves out its Region. */
  leavesOutRegion?(record: Record<string, unknown>): boolean
  /** The document inside an answer of an API, such as a CSV in base64; null for any other value. */
  textIn?(value: Record<string, unknown>): WrappedText | null
  /** For a format of which one document holds what belongs together in several places: asked for once a document. */
  companions?(): Companions
}

export interface OutcomeOptions extends ReadingContext {
  /** The feed that the person who imports named; it overrides what the record says. */
  source?: SourceId
  /** The records are rows of CSV, to be read by this. */
  mapping?: CsvMapping
}
