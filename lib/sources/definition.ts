/** A text in each language of the product. */
export interface Texts {
  readonly ja: string
  readonly en: string
}

/** How far a complete report of a feed reaches, which decides what its silence about a finding proves. */
export type Reporting =
  /** A report is the whole answer. */
  | 'whole'
  /** A report answers about the controls that it names. */
  | 'control'
  /** The same in one Region, which its records may leave out: then the importer names it. */
  | 'control-in-region'
  /** A report tells only what is wrong, Region by Region. */
  | 'region'
  /** A report proves what its records name, passed or failed. */
  | 'pairs'

/** A tool or service that delivers findings. People filter by it, and a complete report closes within it. */
export interface FeedDefinition {
  /** Lower-case letters, digits and dashes. Stored with each finding, so that it stays as it is. */
  readonly id: string
  readonly name: Texts
  /** A few letters, for the chip beside a finding. */
  readonly short: Texts
  readonly reports: Reporting
  /**
   * Whose findings it delivers: its own; those of any product; or, as a hub, those of all products in the Regions that its report
   * names, so that one product's record proves that the Region was looked at for the others.
   */
  readonly products: 'own' | 'any' | 'hub'
  /** What its product is called in the reports of other feeds, which then reach as far as its own do. */
  readonly product?: string
  /** Products whose record may be a posture finding in one report and a threat in the next. */
  readonly reclassifies?: readonly string[]
}

/** What is known of a source without running its code. The readers beside it turn its records into outcomes. */
export interface SourceDefinition {
  /** The folder's name in lib/sources. */
  readonly folder: string
  /** The feed that its records usually are of, then others that it introduces. */
  readonly feeds: readonly [FeedDefinition, ...FeedDefinition[]]
  /** Whether a record may say that the source itself closed the finding (result `archived`). */
  readonly archives: boolean
  /** Its records are not recognised: they are read by a mapping that the importer names. */
  readonly byMapping?: boolean
  /** Keys by which a record is told from an envelope, even where it holds a key of one, such as `body`. */
  readonly recordKeys?: readonly string[]
  /** Keys whose text is the account of a record that is too broken to be read. */
  readonly accountKeys?: readonly string[]
  /** Keys of an answer whose list holds records. `Findings` and `findings` are read for every source. */
  readonly lists?: readonly string[]
  /**
   * Keys of times that move whenever the source checks again, the time of the update first. They decide nothing but when a record was
   * updated, wherever in it they stand. Only records with the text `mark` are looked through for them.
   */
  readonly movingTimes?: { readonly mark: string; readonly keys: readonly string[] }
  /** Columns by which the header of a CSV is recognised, one list for each kind of file. */
  readonly csvHeaders?: readonly (readonly string[])[]
  /** Extensions of files beside the usual ones (json, jsonl, csv, txt, ...). */
  readonly fileExtensions?: readonly string[]
  /**
   * Columns of lib/domain/identity/equivalence.json that hold its names of checks. Those in `only` are so short that they count only
   * where this source says them.
   */
  readonly checkNames?: { readonly shared: readonly string[]; readonly only?: readonly string[] }
  /** The text under which other sources name a threat of this one. Its first group is the id that the source itself gives. */
  readonly threatName?: RegExp
}
