import type { Environment, TeamId } from '../people/team'
import type { EntranceKind } from './entrances/kinds'
import type { EnvironmentChoice, RungChoice } from './filter'
import type { Rung } from './ladder'
import type { NextStep } from './next-step'
import type { AclRecord, RuleRecord } from './rows'
import type { Sums } from './rules/shapes'

/** An entrance in a list. */
export interface EntranceRow {
  id: string
  account: { id: string; name: string; environment: Environment | null; ownerTeam: TeamId }
  kind: EntranceKind
  region: string
  arn: string
  name: string
  address: string
  behind: string | null
  rung: Rung | null
  acl: { id: string; name: string } | null
  next: NextStep
  requests: number | null
  allowed: number | null
  counted: number | null
  blocked: number | null
  judgedAt: Date
}

/** How many entrances are on each rung, by environment. */
export type LadderCounts = Readonly<Record<RungChoice, Readonly<Partial<Record<EnvironmentChoice, number>>>>>

/** An account with the rungs of its entrances. */
export interface LadderAccount {
  id: string
  name: string
  ownerTeam: TeamId
  counts: Partial<Record<RungChoice, number>>
}

export interface Ladder {
  counts: LadderCounts
  total: number
  /** Accounts with most entrances below the rung `blocking`, at most ten. */
  accounts: LadderAccount[]
  /** When the oldest of these entrances was judged; null without any. */
  judgedAt: Date | null
}

/** A rule of a web ACL, with what it did per day. */
export interface AclRule extends RuleRecord {
  /** Since when it has only counted, as far as Hinomi has read. */
  countingSince: Date | null
  sums: Sums | null
}

/** A web ACL before an entrance. */
export interface AclView extends Pick<AclRecord, 'name' | 'arn' | 'region' | 'mode' | 'rulesSince'> {
  rules: AclRule[]
  /** The days of the sums; empty where metrics were not read. */
  days: string[]
  /** The requests of the web ACL as a whole. */
  all: Sums | null
}

export interface EntranceView extends EntranceRow {
  webAcl: AclView | null
}
