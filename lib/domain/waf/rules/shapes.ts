import { z } from 'zod'

/** An action is named by its only key: `{ Block: {} }`. */
const Action = z.record(z.string(), z.unknown())
const Labels = z.array(z.object({ Name: z.string() }))
const Visibility = z.object({
  MetricName: z.string().default(''),
  CloudWatchMetricsEnabled: z.boolean().default(false),
  SampledRequestsEnabled: z.boolean().default(false),
})
const Statement = z.record(z.string(), z.unknown())
export type Statement = z.infer<typeof Statement>

const Override = z.object({ Name: z.string(), ActionToUse: Action })
/** A reference to a rule group, managed or of an account, with what the web ACL changes of it. */
export const GroupStatement = z.object({
  VendorName: z.string().optional(),
  Name: z.string().optional(),
  Version: z.string().optional(),
  ARN: z.string().optional(),
  ExcludedRules: z.array(z.object({ Name: z.string() })).default([]),
  RuleActionOverrides: z.array(Override).default([]),
})
export type GroupStatement = z.infer<typeof GroupStatement>

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html */
const Rule = z.object({
  Name: z.string(),
  Priority: z.number(),
  Statement: Statement.default({}),
  Action: Action.optional(),
  OverrideAction: Action.optional(),
  RuleLabels: Labels.default([]),
  VisibilityConfig: Visibility.prefault({}),
})
export type Rule = z.infer<typeof Rule>

/** A rule group that Firewall Manager puts before or after the rules of a web ACL. */
const ManagerGroup = z.object({
  Name: z.string(),
  Priority: z.number(),
  FirewallManagerStatement: Statement,
  OverrideAction: Action.optional(),
  VisibilityConfig: Visibility.prefault({}),
})

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html */
export const WebAcl = z.object({
  DefaultAction: Action.default({ Allow: {} }),
  Rules: z.array(Rule).default([]),
  PreProcessFirewallManagerRuleGroups: z.array(ManagerGroup).default([]),
  PostProcessFirewallManagerRuleGroups: z.array(ManagerGroup).default([]),
  VisibilityConfig: Visibility.prefault({}),
  Capacity: z.number().default(0),
  ManagedByFirewallManager: z.boolean().default(false),
  LabelNamespace: z.string().default(''),
  scope: z.enum(['REGIONAL', 'CLOUDFRONT']).default('REGIONAL'),
  resources: z.array(z.string()).default([]),
  tags: z.record(z.string(), z.string()).default({}),
})
export type WebAcl = z.infer<typeof WebAcl>

export const RuleGroup = z.object({ Rules: z.array(Rule).default([]), LabelNamespace: z.string().default('') })

const Described = z.object({
  LabelNamespace: z.string().default(''),
  Rules: z.array(z.object({ Name: z.string(), Action: Action.optional() })).default([]),
})
/** A managed rule group as the collector stores it. */
export const ManagedGroup = z.object({
  versions: z.array(z.object({ Name: z.string() })).nullable(),
  currentDefaultVersion: z.string().nullable(),
  used: z.record(z.string(), Described.nullable()),
})

export const IpSet = z.object({ Addresses: z.array(z.string()).default([]) })

export const Logging = z.object({
  ResourceArn: z.string(),
  LoggingFilter: z
    .object({
      DefaultBehavior: z.enum(['KEEP', 'DROP']),
      Filters: z
        .array(
          z.object({
            Behavior: z.enum(['KEEP', 'DROP']),
            Conditions: z.array(z.object({ ActionCondition: z.object({ Action: z.string() }).optional() })).default([]),
          }),
        )
        .default([]),
    })
    .optional(),
})

const Sums = z.object({ allowed: z.array(z.number()), counted: z.array(z.number()), blocked: z.array(z.number()) })
export type Sums = z.infer<typeof Sums>
/** What a web ACL and its rules did per day; the rule ALL is the web ACL. */
export const AclMetrics = z.object({ webAcl: z.string(), days: z.array(z.string()), rules: z.record(z.string(), Sums) })
export type AclMetrics = z.infer<typeof AclMetrics>

export const GroupMetrics = z.object({ group: z.string(), daysToExpiry: z.number().nullable() })

/** What a record has under a name that people or AWS chose, such as that of a rule: `constructor` is one as well. */
export function ownValue<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}

/** The name of an action, or '' without one. */
export function nameOf(action: Readonly<Record<string, unknown>> | undefined): string {
  return Object.keys(action ?? {})[0] ?? ''
}
