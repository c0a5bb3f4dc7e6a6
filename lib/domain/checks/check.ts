import type { KeyMark } from '../access-keys/filter'
import type { AccountId } from '../accounts/account-id'
import type { CollectorId } from '../collection/collectors'
import type { CellState, Unexamined } from '../collection/lines'
import type { Evidence } from '../findings/facts'
import type { Severity } from '../findings/severity'
import type { Tags } from '../identity/tags'
import type { ResourceRef } from '../imports/outcome'
import type { Environment } from '../people/team'
import type { StandardLimits } from '../standard/limits'
import type { AclHistory } from '../waf/operation/since'
import type { Attention } from './neglect/attention'

/** A resource of an account as its collector last read it. */
export interface Resource {
  readonly region: string
  /** The name that CloudFormation gives its type. */
  readonly type: string
  readonly arn: string
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
  readonly firstSeenAt: Date
  /** When its data last changed. */
  readonly changedAt: Date
}

/** The last result of a collector in a Region. */
export interface Cell {
  readonly state: CellState
  /** Whether everything was read, now or before. */
  readonly complete: boolean
  /** The IAM action that was denied. */
  readonly action: string | null
}

export interface CheckedAccount {
  readonly id: AccountId
  readonly name: string
  readonly environment: Environment | null
  readonly tags: Tags
}

/** Everything that checks of one account read. */
export interface Inventory {
  readonly account: CheckedAccount
  readonly now: Date
  /** Its enabled Regions, as far as a collector has read them. */
  readonly regions: readonly string[]
  /** Resources of a type in all Regions or in one, by Region and ARN. */
  resources(type: string, region?: string): readonly Resource[]
  /** The accounts that the company owns, as far as Hinomi knows them. */
  readonly ownAccounts: ReadonlySet<string>
  /** Decisions of people about access keys, by their ids. */
  readonly keyMarks: ReadonlyMap<string, KeyMark>
  /** Null for a cell that was never read. The Region of a collector without Regions is `global`. */
  cell(collector: CollectorId, region: string): Cell | null
  /** The history of web ACLs, by their ARNs. */
  readonly webAcls?: ReadonlyMap<string, AclHistory>
  /** How people treat the findings of its sources; unset where that was not asked for. */
  readonly attention?: Attention
  /** When somebody last confirmed the contacts of the account. */
  readonly contactsConfirmedAt?: Date | null
  /** Limits that the organization has set. */
  readonly limits: StandardLimits
  /** Checks that are switched off for the account. */
  readonly off: ReadonlySet<string>
  /** Null for an account that was connected by itself. */
  readonly organization: OrganizationInventory | null
}

/** The organization and its shared resources, as the account that reads it sees them. */
export interface OrganizationInventory {
  /** The account of the connection. */
  readonly account: AccountId
  /** Its cell of the collector `organization`; null if it was never read. */
  readonly cell: Cell | null
  resources(type: string): readonly Resource[]
}

/** The result of a check for one resource. */
export interface CheckResult {
  /** One of the controls of the check; without it the result is that of each of them. */
  readonly control?: string
  /** Where it is not the Region that was checked. */
  readonly region?: string
  readonly resource: ResourceRef
  /** unknown: AWS does not show this resource, although the cell was read. It leaves a finding as it is. */
  readonly result: 'passed' | 'failed' | 'unknown'
  /**
   * The values behind the result, in the order in which pages show them. The same resources give the same evidence:
   * dates, not ages.
   */
  readonly evidence?: readonly Evidence[]
  /** Where it is not that of the check. */
  readonly severity?: Severity
  /** Since when, where AWS says so. */
  readonly firstObservedAt?: Date
}

/** A check of Hinomi's own over the resources of one account. Pure. */
export interface CheckDefinition {
  /** Lower-case words with dashes. It is stored and never changes. */
  readonly id: string
  /**
   * The controls that it gives results of: those of Security Hub that ask the same, or the one that `ownControl` names.
   */
  readonly controls: readonly [string, ...string[]]
  /** For controls that the table of controls has no severity of. */
  readonly severity: Severity
  /**
   * Collectors that must have read a Region, or the account, before it is checked; none for checks of Hinomi's own
   * data.
   */
  readonly needs: readonly CollectorId[]
  /** Whether each Region is checked by itself. */
  readonly regional: boolean
  /** Whether every account has what it judges, such as a root user: without any result nothing was examined. */
  readonly always?: boolean
  /** The cell that is missing in a Region, where `needs` alone does not decide it; null if it can be checked. */
  unexamined?(inventory: Inventory, region: string): Unexamined | null
  /** The results of a Region, or of the account with the Region `global`. */
  run(inventory: Inventory, region: string): Iterable<CheckResult>
}

/** The control of a check that no other tool has. Its title, explanation and category stand in lib/domain/controls. */
export function ownControl(id: string): string {
  return `hinomi/${id}`
}
