import 'server-only'
import type { CommandName } from './packages'
import type { RateClass } from './rates'

/** The IAM actions and the rate of an operation. */
export interface Operation {
  /** The IAM actions that it needs, also those that belong to no operation of their own. */
  readonly iam: readonly string[]
  readonly rate: RateClass
}

/** Operations by the name `<package of the client>:<operation>`. */
export type OperationTable = Readonly<Partial<Record<CommandName, Operation>>>
