import { z } from 'zod'
import type { Tags } from '../identity/tags'
import { activeTeamOf, defaultTeamOf, Environment, type Team, TeamId } from '../people/team'
import { filledText, plainText } from '../text/plain-text'

/** The fields of an account that rules decide. */
export const ruledFields = ['environment', 'ownerTeam', 'itScope'] as const
export type RuledField = (typeof ruledFields)[number]

/** Names of organizational units below the root, joined with slashes, without a slash at either end. */
const Unit = filledText(1000).transform(text =>
  text
    .split('/')
    .map(name => name.trim())
    .filter(Boolean)
    .join('/'),
)

const ruleShape = {
  /** An organizational unit: accounts in it, and in units below it. */
  unit: Unit.nullable().default(null),
  /** A tag of the account; any value if none is given. */
  tag: z
    .strictObject({ key: filledText(128), value: plainText(256).nullable() })
    .nullable()
    .default(null),
  environment: Environment.nullable().default(null),
  ownerTeam: TeamId.nullable().default(null),
  itScope: z.boolean().nullable().default(null),
}

/**
 * One rule of the organization: the accounts that it selects, and what it sets for them. It selects those that meet all its conditions, and
 * sets the fields that are not null.
 */
export const AccountRule = z
  .strictObject({ name: filledText(100), ...ruleShape })
  .refine(({ unit, tag }) => Boolean(unit) || tag !== null, 'accountRuleSelects')
  .refine(rule => ruledFields.some(field => rule[field] !== null), 'accountRuleSets')
export type AccountRule = z.infer<typeof AccountRule>
export const AccountRules = z.array(AccountRule).max(200)
export type AccountRules = z.infer<typeof AccountRules>

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveAccountRules = z.strictObject({ rules: AccountRules, seen: z.string().nullable() })
export type SaveAccountRules = z.infer<typeof SaveAccountRules>

/** A rule that somebody edits, at its place among the others. It may lack its name and what it sets. */
export const TryAccountRule = z.strictObject({
  rules: AccountRules,
  at: z.int().min(0).max(200),
  draft: z
    .strictObject({ name: plainText(100), ...ruleShape })
    .refine(({ unit, tag }) => Boolean(unit) || tag !== null, 'accountRuleSelects'),
})
export type TryAccountRule = z.infer<typeof TryAccountRule>

/** Who decided fields of an account: a rule by its name, or a person (null). Fields that nobody decided are missing. */
export const DecidedBy = z.partialRecord(z.enum(ruledFields), z.object({ rule: z.string().nullable() }))
export type DecidedBy = z.infer<typeof DecidedBy>

export interface RuledValues {
  environment: Environment | null
  ownerTeam: TeamId
  itScope: boolean
}

export interface RuledAccount extends RuledValues {
  unit: string
  tags: Tags
  decidedBy: DecidedBy
}

/** The rules as the settings page shows them. */
export interface AccountRulesView {
  rules: AccountRule[]
  version: string | null
  changedBy: string | null
  changedAt: Date | null
  /** How many accounts each rule selects now, in the order of the rules. */
  selected: number[]
}

/** What an editor of rules can choose from: the units and tags that accounts have. */
export interface RuleChoices {
  /** Names of units below the root, joined with slashes; each unit before those below it. */
  units: string[]
  /** Values by key. */
  tags: Record<string, string[]>
}

/** The accounts that a rule selects, with what would change for them under all rules. */
export interface RuleTrial {
  total: number
  /** How many of them would change. */
  changing: number
  /** Some of them, those that would change first. */
  accounts: RuledChange[]
}

/** What rules would change for an account. */
export interface RuledChange {
  id: string
  name: string
  before: RuledValues
  after: RuledValues
}

export interface RulesPreview {
  changes: RuledChange[]
  /** Of all changes, also those that are not listed. */
  total: number
  /** Accounts with a field that a person set and that a rule would set otherwise. */
  kept: number
}

/** Whether a rule selects an account by all of its conditions. */
export function selects(
  { unit, tag }: Pick<AccountRule, 'unit' | 'tag'>,
  account: Pick<RuledAccount, 'unit' | 'tags'>,
) {
  const isInUnit = unit === null || account.unit === unit || account.unit.startsWith(`${unit}/`)
  if (!isInUnit || tag === null) return isInUnit
  return Object.hasOwn(account.tags, tag.key) && (tag.value === null || account.tags[tag.key] === tag.value)
}

/**
 * An account as the rules decide it. For each field the first rule counts that selects the account and sets the field; what a person set
 * stays. A field whose rule is gone gets its default.
 */
export function applyRules(
  account: RuledAccount,
  rules: readonly AccountRule[],
  teams: readonly Team[],
): RuledValues & { decidedBy: DecidedBy } {
  const selecting = rules.filter(rule => selects(rule, account))
  const ruling = (field: RuledField) => selecting.find(rule => rule[field] !== null)
  const decidedBy: DecidedBy = {}
  for (const field of ruledFields) {
    const before = account.decidedBy[field]
    const rule = ruling(field)
    if (before?.rule === null) decidedBy[field] = before
    else if (rule) decidedBy[field] = { rule: rule.name }
  }
  const decide = <T>(field: RuledField, stored: T, of: (rule: AccountRule) => T | null, initial: () => T): T => {
    if (account.decidedBy[field]?.rule === null) return stored
    const rule = ruling(field)
    if (rule) return of(rule) ?? stored
    return account.decidedBy[field] ? initial() : stored
  }
  const team = (rule: AccountRule) => (rule.ownerTeam === null ? null : activeTeamOf(teams, rule.ownerTeam))
  return {
    environment: decide<Environment | null>(
      'environment',
      account.environment,
      rule => rule.environment,
      () => null,
    ),
    ownerTeam: decide('ownerTeam', account.ownerTeam, team, () => defaultTeamOf(teams, 'infrastructure')),
    itScope: decide(
      'itScope',
      account.itScope,
      rule => rule.itScope,
      () => false,
    ),
    decidedBy,
  }
}

/** Whether a person set a field that a rule would set otherwise. */
export function overrulesRules(account: RuledAccount, rules: readonly AccountRule[], teams: readonly Team[]): boolean {
  const byHand = ruledFields.filter(field => account.decidedBy[field]?.rule === null)
  const free = applyRules({ ...account, decidedBy: {} }, rules, teams)
  return byHand.some(field => free[field] !== account[field])
}

/** Units with all units above them, each before those below it. */
export function unitTree(paths: readonly string[]): string[] {
  const units = paths.flatMap(path => {
    const names = path.split('/')
    return names.map((_, at) => names.slice(0, at + 1))
  })
  const all = new Map(units.map(names => [names.join('/'), names]))
  // Name by name: as whole texts, "A-B" would come between "A" and "A/B".
  return [...all.values()].toSorted(compareNames).map(names => names.join('/'))
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((name, place) => name !== b[place])
  if (at === -1) return a.length - b.length
  const [one, other] = [a[at] ?? '', b[at]]
  return other === undefined ? 1 : one < other ? -1 : 1
}
