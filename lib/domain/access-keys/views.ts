import type { PipelineSystem } from '../trust/issuers'
import type { KeyMark, KeyState } from './filter'
import type { KeyUse, RuleResult } from './pipeline'

/** An access key as lists show it. */
export interface KeyRow {
  account: { id: string; name: string }
  /** The account's team. */
  team: string
  id: string
  user: { name: string; arn: string; tags: Record<string, string> }
  state: KeyState
  createdAt: Date | null
  lastUsed: { at: Date; service: string | null; region: string | null } | null
  /** The decision of a person, else the result of the rules. */
  use: KeyUse
  score: number
  mark: KeyMark | null
  /** The CI system that its user's names speak of. */
  system: PipelineSystem | null
  /** CI systems whose issuers the account trusts already. */
  trusts: PipelineSystem[]
  /** Since when Hinomi has seen it active, and the first report that showed it switched off or deleted. */
  startedAt: Date | null
  endedAt: Date | null
}

/** A key with what its page shows beside. */
export interface KeyDetail extends KeyRow {
  rules: RuleResult[]
  marked: { at: Date; by: string | null } | null
}

/** How far pipelines have moved away from access keys. */
export interface KeyProgress {
  /** Keys of pipelines that Hinomi has seen active, and those of them that have ended. */
  pipeline: number
  replaced: number
  /** Active keys that may be a pipeline's, and all active keys. */
  probable: number
  active: number
  /** Accounts of which IAM could not be read. */
  unread: number
}

/** Pipelines' keys at the end of a day, and how many ended on it. */
export interface KeyDay {
  day: string
  active: number
  replaced: number
}
