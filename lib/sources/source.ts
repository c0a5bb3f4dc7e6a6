import type { CsvMapping } from '../domain/imports/csv-mapping'
import type { Outcome, SourceId } from '../domain/imports/outcome'

export interface ReadingContext {
  /** When the report arrived: later times count as this one, see readTime. */
  now: Date
  /** When the report was made, if known: ages are counted from here. */
  observedAt?: Date
  /** The account that the importer named, for records that name none. */
  account?: string
  /** The Region that the importer named, for records that name none. */
  region?: string
  /** The organization's zone, for times without a zone; UTC if unset. */
  timeZone?: string
}

/** A document inside a string. `beside` is added to each of its records. */
export interface WrappedText {
  text: string
  beside?: Record<string, unknown>
}

/** A record and its position: an element of a list of its document, or the document itself. */
export interface Joined {
  value: unknown
  place: { list: string; at: number } | null
}

/** Facts from earlier records of a document that later records need. */
export interface Companions {
  /** Keys of lists whose elements need other parts of their document. */
  readonly lists: readonly string[]
  /**
   * The records of a value, each with the parts that belong to it. Null if the value is a complete record, or not of
   * the source.
   */
  join(value: unknown): Joined[] | null
}

/** A reader of one upstream format. Pure: it never writes and never uses the network. */
export interface Source<Raw = unknown> {
  /** Whether a record looks like this format. */
  recognises(record: Record<string, unknown>): boolean
  /** Checks one record's shape. Throws RejectedRecord with a readable reason. */
  parse(record: Record<string, unknown>): Raw
  /** One record gives one or more outcomes. Throws RejectedRecord if a value breaks a rule of the domain. */
  normalise(raw: Raw, context: ReadingContext): Outcome[]
  /** Whether a record of a source that reports by control and Region leaves out its Region. */
  leavesOutRegion?(record: Record<string, unknown>): boolean
  /** The document inside an answer of an API, such as a CSV in base64; null for any other value. */
  textIn?(value: Record<string, unknown>): WrappedText | null
  /** For a format with related data in several places of a document; called once per document. */
  companions?(): Companions
}

export interface OutcomeOptions extends ReadingContext {
  /** The feed that the importer named; it overrides that of the record. */
  source?: SourceId
  /** The mapping for records that are rows of CSV. */
  mapping?: CsvMapping
}
