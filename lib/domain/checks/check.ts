import type { AccountId } from '../accounts/account-id'
import type { CollectorId } from '../collection/collectors'
import type { CellState } from '../collection/lines'
import type { Severity } from '../findings/severity'
import type { Tags } from '../identity/tags'
import type { Environment } from '../people/team'
import type { StandardLimits } from '../standard/limits'

export interface Resource {
  collector: string
  region: string
  type: string
  arn: string
  name: string
  data: Record<string, unknown>
  firstSeenAt: Date
  changedAt: Date
}
export interface Cell {
  state: CellState
  complete: boolean
  action: string | null
  message: string | null
  readAt: Date
}
export interface Inventory {
  readonly account: { id: AccountId; name: string; environment: Environment | null; tags: Tags }
  readonly now: Date
  resources(type: string, region?: string): readonly Resource[]
  cell(collector: CollectorId, region: string): Cell | null
  readonly regions: readonly string[]
  readonly limits: StandardLimits
  readonly organization: OrganizationInventory | null
}
export interface OrganizationInventory {
  readonly account: AccountId
  readonly cell: Cell | null
  resources(type: string): readonly Resource[]
}
export interface Unexamined {
  readonly collector: CollectorId
  readonly state: CellState | 'unread'
  readonly action: string | null
  readonly message: string | null
}
export interface Evidence {
  name: string
  value: string | number | boolean
  as?: 'time' | 'bytes'
}
export interface CheckResult {
  control?: string
  region?: string
  resource: { id: string; type: string }
  result: 'passed' | 'failed' | 'unknown'
  evidence?: readonly Evidence[]
  severity?: Severity
  firstObservedAt?: Date
}
export interface CheckDefinition {
  readonly id: string
  readonly controls: readonly string[]
  readonly severity: Severity
  readonly needs: readonly CollectorId[]
  readonly regional: boolean
  unexamined?(inventory: Inventory, region: string): Unexamined | null
  run(inventory: Inventory, region: string): Iterable<CheckResult>
}
