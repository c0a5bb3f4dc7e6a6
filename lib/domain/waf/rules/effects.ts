import { GroupStatement, nameOf, type Rule, type Statement, type WebAcl } from './shapes'
import { labelsIn, topOf } from './statements'

/** Actions that stop a request, or let it through only after a proof. */
const ENFORCING: ReadonlySet<string> = new Set(['Block', 'Captcha', 'Challenge'])

/** A rule inside of a group: its name, and its action without overrides. */
export interface InnerRule {
  readonly name: string
  readonly action: string
}

/** A rule group by what a web ACL refers to. */
export interface DescribedGroup {
  readonly rules: readonly InnerRule[]
  readonly labelNamespace: string
  /** Whether its own Count actions are its vendor's choice, and not the account's. */
  readonly managed: boolean
}
/** null: AWS WAF did not say what is in the group. */
export type GroupLookup = (group: GroupStatement) => DescribedGroup | null

/**
 * The effect of a rule on a request that it matches, after all overrides. `block`: it stops every such request;
 * `mixed`: some inner rules stop it and others only count; `labels`: it counts, because a later rule acts on its
 * labels; `unknown`: its group is not described.
 */
export type Effect = 'block' | 'mixed' | 'count' | 'allow' | 'labels' | 'unknown'

export interface EffectiveRule {
  readonly name: string
  readonly priority: number
  readonly from: 'web_acl' | 'firewall_manager_first' | 'firewall_manager_last'
  /** The name of its metrics. */
  readonly metric: string
  readonly effect: Effect
  /** The part of the group that is overridden: all of it, or inner rules; null for a rule that is no group. */
  readonly group: { readonly name: string; readonly version: string; readonly overridden: boolean } | null
  /**
   * Inner rules that stop requests; those that only count, and those that let through, because of the account's
   * settings.
   */
  readonly enforcing: number
  readonly counting: readonly string[]
  readonly allowing: readonly string[]
  readonly statement: Statement
}

/** The rules of a web ACL in the order in which AWS WAF evaluates them, with their effective actions. */
export function effectiveRules(acl: WebAcl, lookup: GroupLookup): EffectiveRule[] {
  const managed = (groups: WebAcl['PreProcessFirewallManagerRuleGroups'], from: EffectiveRule['from']) =>
    inOrder(groups).map(({ FirewallManagerStatement: Statement, ...group }) => {
      return { from, rule: { ...group, Statement, Action: undefined, RuleLabels: [] } as Rule }
    })
  const all = [
    ...managed(acl.PreProcessFirewallManagerRuleGroups, 'firewall_manager_first'),
    ...inOrder(acl.Rules).map(rule => ({ from: 'web_acl' as const, rule })),
    ...managed(acl.PostProcessFirewallManagerRuleGroups, 'firewall_manager_last'),
  ]
  return all.map(({ from, rule }, at) => {
    const labels = all.slice(at + 1).flatMap(later => labelsIn(later.rule.Statement))
    return { ...effectOf(rule, lookup, labels), from }
  })
}

function inOrder<T extends { Priority: number }>(rules: readonly T[]): T[] {
  return rules.toSorted((a, b) => a.Priority - b.Priority)
}

function effectOf(rule: Rule, lookup: GroupLookup, labels: readonly string[]): Omit<EffectiveRule, 'from'> {
  const { Name: name, Priority: priority, Statement: statement } = rule
  const common = { name, priority, metric: rule.VisibilityConfig.MetricName, statement }
  const group = groupIn(statement)
  if (group) return { ...common, ...effectOfGroup(rule, group, lookup(group), labels) }
  const action = nameOf(rule.Action)
  const single = { group: null, enforcing: ENFORCING.has(action) ? 1 : 0, counting: [], allowing: [] }
  return { ...common, ...single, effect: effectOfAction(action, isUsed(rule.RuleLabels, labels)) }
}

function effectOfAction(action: string, labelsAreUsed: boolean): Effect {
  if (ENFORCING.has(action)) return 'block'
  if (action === 'Allow') return 'allow'
  return labelsAreUsed ? 'labels' : 'count'
}

/** Labels of a rule are written without their namespace, and looked for with or without it. */
function isUsed(own: readonly { Name: string }[], labels: readonly string[]): boolean {
  return own.some(({ Name }) =>
    labels.some(label => label === Name || label.endsWith(`:${Name}`) || inSpace(Name, label)),
  )
}

function inSpace(name: string, label: string): boolean {
  return label.endsWith(':') && name.startsWith(label)
}

/** The group that a statement refers to; null for a statement that is no group. */
function groupIn(statement: Statement): GroupStatement | null {
  const top = topOf(statement)
  if (!top || !['ManagedRuleGroupStatement', 'RuleGroupReferenceStatement'].includes(top[0])) return null
  const read = GroupStatement.safeParse(top[1])
  return read.success ? read.data : null
}

type GroupEffect = Pick<EffectiveRule, 'effect' | 'group' | 'enforcing' | 'counting' | 'allowing'>

function effectOfGroup(
  rule: Rule,
  statement: GroupStatement,
  described: DescribedGroup | null,
  labels: readonly string[],
): GroupEffect {
  const overridden = nameOf(rule.OverrideAction) === 'Count'
  const group = { name: groupName(statement), version: statement.Version ?? '', overridden }
  const spaces = labels.filter(label => described?.labelNamespace && label.startsWith(described.labelNamespace))
  if (overridden) {
    return { group, effect: spaces.length > 0 ? 'labels' : 'count', enforcing: 0, counting: [], allowing: [] }
  }
  if (!described) return { group, effect: 'unknown', enforcing: 0, counting: [], allowing: [] }
  const inner = described.rules.map(one => ({ ...one, ...actionNow(one, statement) }))
  const enforcing = inner.filter(({ now }) => ENFORCING.has(now)).length
  const counting = inner
    .filter(({ now, changed }) => now === 'Count' && (changed || !described.managed))
    .filter(({ name }) => !spaces.some(label => label.endsWith(':') || label.endsWith(`:${name}`)))
    .map(({ name }) => name)
  const allowing = inner.filter(({ now, changed }) => now === 'Allow' && changed).map(({ name }) => name)
  const isWhole = counting.length === 0 && allowing.length === 0
  if (enforcing > 0) return { group, effect: isWhole ? 'block' : 'mixed', enforcing, counting, allowing }
  const counts = inner.some(({ now }) => now === 'Count')
  return { group, effect: spaces.length > 0 ? 'labels' : counts ? 'count' : 'allow', enforcing, counting, allowing }
}

/** ExcludedRules is the older way to write an override with Count. */
function actionNow({ name, action }: InnerRule, statement: GroupStatement): { now: string; changed: boolean } {
  const override = statement.RuleActionOverrides.find(({ Name }) => Name === name)
  if (override) return { now: nameOf(override.ActionToUse), changed: nameOf(override.ActionToUse) !== action }
  if (statement.ExcludedRules.some(({ Name }) => Name === name)) return { now: 'Count', changed: action !== 'Count' }
  return { now: action, changed: false }
}

function groupName({ VendorName = '', Name = '', ARN = '' }: GroupStatement): string {
  return ARN === '' ? `${VendorName}/${Name}` : (ARN.split('/').at(-2) ?? ARN)
}
