/** A text in each language of the product. */
export interface Texts {
  readonly ja: string
  readonly en: string
}

/** What a complete report of a feed is complete for. It decides which missing findings are gone. */
export type Reporting =
  /** A report contains everything. */
  | 'whole'
  /** A report is complete for the controls in it. */
  | 'control'
  /** The same in one Region, which its records may leave out: the importer then names it. */
  | 'control-in-region'
  /** A report contains only problems, Region by Region. */
  | 'region'
  /** A report proves the results of its records, passed or failed. */
  | 'pairs'

/** A tool or service that delivers findings. People filter by it, and a complete report closes within it. */
export interface FeedDefinition {
  /** Lower-case letters, digits and dashes. It is stored with each finding and never changes. */
  readonly id: string
  readonly name: Texts
  /** An abbreviation for the chip beside a finding. */
  readonly short: Texts
  readonly reports: Reporting
  /**
   * The products whose findings it delivers: its own; any product; or, for a hub, all products in the Regions of its
   * report, so that a record of one product proves that the Region was checked for the others.
   */
  readonly products: 'own' | 'any' | 'hub'
  /** The name of its product in reports of other feeds, which are then complete for the same as its own. */
  readonly product?: string
  /** Whether it reports passed checks as informational, whatever the severity of the check. */
  readonly passesUnrated?: boolean
  /** Products whose records may change between posture and threat from report to report. */
  readonly reclassifies?: readonly string[]
  /** What AWS charges for: its use; a part of it; the support plan that includes it; nothing. Unset where AWS does not charge for it. */
  readonly cost?: Cost
}

export const costs = ['usage', 'part', 'plan', 'free'] as const
export type Cost = (typeof costs)[number]

/** The description of a source, without code. Its readers turn records into outcomes. */
export interface SourceDefinition {
  /** The folder's name in lib/sources. */
  readonly folder: string
  /** The feed of most of its records, then the other feeds that it introduces. */
  readonly feeds: readonly [FeedDefinition, ...FeedDefinition[]]
  /** Whether a record may report that the source closed the finding (result `archived`). */
  readonly archives: boolean
  /** Its records are not recognized, but read by a mapping that the importer names. */
  readonly byMapping?: boolean
  /** Keys that distinguish a record from an envelope, even if it has a key of an envelope, such as `body`. */
  readonly recordKeys?: readonly string[]
  /** Keys whose text names the account of a record that cannot be read. */
  readonly accountKeys?: readonly string[]
  /** Keys of an answer whose list contains records. `Findings` and `findings` are read for every source. */
  readonly lists?: readonly string[]
  /**
   * Keys of times that change at each check of the source, the time of update first. At any depth they decide only when
   * a record was updated. Only records that contain the text `mark` are searched for them.
   */
  readonly movingTimes?: { readonly mark: string; readonly keys: readonly string[] }
  /** Columns that identify the header of a CSV, one list for each kind of file. */
  readonly csvHeaders?: readonly (readonly string[])[]
  /** File extensions in addition to the usual ones (json, jsonl, csv, txt, ...). */
  readonly fileExtensions?: readonly string[]
  /**
   * Columns of lib/domain/controls/data/controls.json with its names of checks. Names in `only` are so short that they
   * count only in records of this source.
   */
  readonly checkNames?: { readonly shared: readonly string[]; readonly only?: readonly string[] }
  /** Matches the text under which other sources name a threat of this one. Its first group is the id of this source. */
  readonly threatName?: RegExp
  /** Controls that no check stands behind: their findings are active or resolved, and never failed. */
  readonly active?: RegExp
  /** The placeholder of commands (lib/domain/commands) that the name of its findings is a value of. */
  readonly commandName?: string
  /** Pages of its findings in the AWS console, for whichever source names them so. */
  readonly consolePages?: readonly ConsolePage[]
}

/** The page of a finding in the console of a service. */
export interface ConsolePage {
  readonly service: string
  /** Behind the host, with {region}, and {id} or {encodedId}: the first group of `form`. */
  readonly page: string
  readonly form: RegExp
  /** The only feed whose names have this form. */
  readonly feed?: string
}
