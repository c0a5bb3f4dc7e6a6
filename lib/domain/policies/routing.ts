import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import checks from '../feeds/check-categories.json'
import { Severity, severityRank } from '../findings/severity'
import type { Tags } from '../identity/tags'
import type { FindingClass, SourceId } from '../imports/outcome'
import { sourceIds } from '../imports/outcome'
import { activeTeamOf, defaultTeamOf, Environment, type Team, TeamId, type TeamKind } from '../people/team'
import { filledText, plainText } from '../text/plain-text'
import { fitsPattern } from './pattern'

/** Categories of findings, which decide the responsible team. */
export const categories = [
  'threat',
  'waf',
  'root',
  'people',
  'privilege',
  'roles',
  'cicd',
  'saas',
  'watch',
  'vulnerability',
  'logging',
  'exposure',
  'encryption',
  'resilience',
  'cost',
  'domain',
  'contact',
  'governance',
  'other',
] as const
export type Category = (typeof categories)[number]

interface Subject {
  class: FindingClass
  control: string
}

/**
 * Patterns of controls, tried in order; a control without a match is "other". Names of controls:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html, of Prowler's checks:
 * https://hub.prowler.com, of Access Analyzer's kinds of findings:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
 */
const PATTERNS: readonly { class?: FindingClass; control?: RegExp; category: Category }[] = [
  { class: 'threat', category: 'threat' },
  {
    control: /^(ELB\.16|APIGateway\.4|CloudFront\.6|WAF\.\d+|AppSync\.6)$|(^|_)waf(v2|classic)?_|_waf(_|$)/i,
    category: 'waf',
  },
  { control: /^IAM\.(4|6|9|20)$|^iam_(root|no_root)/, category: 'root' },
  {
    control:
      /^IAM\.(3|5|7|8|1[0-9]|22|26|27)$|^iam_(user|password_policy|rotate_access_key|disable_\d+_days|administrator_access_with_mfa|check_saml)|^CIS [\d.]+\/1\.(2|3|4|5|6|7|8|9|10|11|14)$/,
    category: 'people',
  },
  {
    control:
      /^IAM\.(1|21|24)$|^iam_(policy|aws_attached_policy|customer_attached|inline_policy|role_administrator)|^access-analyzer\/UnusedPermission$/,
    category: 'privilege',
  },
  { control: /^access-analyzer\/UnusedIAMRole$|^iam_role_/, category: 'roles' },
  { control: /^(CodeBuild|CodeArtifact)\.\d+$|^(codebuild|codeartifact|codepipeline)_/, category: 'cicd' },
  { control: /^(saas|github|slack|google_?workspace)[._-]/i, category: 'saas' },
  // Whether a detection service is on, and whether somebody reads its messages.
  {
    control:
      /^(GuardDuty|Macie|Inspector)\.\d+$|^IAM\.28$|^(guardduty|macie|inspector2|securityhub|accessanalyzer)_|^trustedadvisor_errors_and_warnings$/,
    category: 'watch',
  },
  { class: 'vulnerability', category: 'vulnerability' },
  { control: /^(CloudTrail|CloudWatch|Config)\.\d+$|^EC2\.6$|^(cloudtrail|cloudwatch|config)_/, category: 'logging' },
  {
    control:
      /^S3\.(1|2|3|6|8|12|19)$|^RDS\.(1|2)$|^EC2\.(1|2|9|13|14|15|18|19|21|25|53|54)$|^(Lambda\.1|SSM\.4|EKS\.1|DMS\.1|Redshift\.1)$|public|^access-analyzer\/ExternalAccess$/i,
    category: 'exposure',
  },
  {
    control: /^(EC2\.(3|7)|RDS\.(3|4|27)|KMS\.\d+|S3\.(4|5|17)|EFS\.1|SNS\.1|SQS\.1)$|encrypt|kms/i,
    category: 'encryption',
  },
  {
    control:
      /^(RDS\.(5|7|8|11|15)|S3\.14|Backup\.\d+|DynamoDB\.(2|6)|AutoScaling\.\d+|ELB\.(9|10|13))$|backup|multi_az/i,
    category: 'resilience',
  },
  { control: /^(ACM|Route53)\.\d+$|^CloudFront\.7$|^(acm|route53)_/, category: 'domain' },
  { control: /^Account\.\d+$|^organizations_|^account_security_contact_/, category: 'governance' },
  { control: /^account_|^trustedadvisor_premium_support_/, category: 'contact' },
]

const known = new Map<string, Category>()

/** The category of a control. Cached, because an import asks for each finding, and controls are few. */
export function categoryOf(subject: Subject): Category {
  const key = `${subject.class}/${subject.control}`
  let category = known.get(key)
  if (category === undefined) {
    if (known.size > 5000) known.clear()
    category = firstOf(subject)
    known.set(key, category)
  }
  return category
}

/** Checks of Trusted Advisor by id, because their ids contain no words. */
const CHECKS = new Map<string, Category>([
  ...checks.cost.map((id): [string, Category] => [id, 'cost']),
  ...checks.resilience.map((id): [string, Category] => [id, 'resilience']),
])

function firstOf(subject: Subject): Category {
  const check = subject.class === 'posture' ? CHECKS.get(subject.control) : undefined
  if (check) return check
  const found = PATTERNS.find(
    each => (!each.class || each.class === subject.class) && (!each.control || each.control.test(subject.control)),
  )
  return found?.category ?? 'other'
}

/**
 * The responsible kind of team for each category if no rule of the organization matches. Other categories go to the
 * account's owner team.
 */
export const defaultKinds: Partial<Record<Category, TeamKind>> = {
  threat: 'security_response',
  waf: 'security_response',
  root: 'infrastructure',
  people: 'corporate_it',
  privilege: 'security_response',
  roles: 'infrastructure',
  cicd: 'infrastructure',
  saas: 'corporate_it',
  watch: 'security_response',
  vulnerability: 'infrastructure',
  domain: 'corporate_it',
  contact: 'corporate_it',
  governance: 'infrastructure',
}

/** One rule of the organization. Lists are any-of, fields all-of; the first matching rule counts. */
export const RoutingRule = z.strictObject({
  name: filledText(100),
  categories: z.array(z.enum(categories)).default([]),
  /** A control's id, in which `*` is any text. */
  control: filledText(300).nullable().default(null),
  sources: z.array(z.enum(sourceIds)).default([]),
  accounts: z.array(AccountId).max(1000).default([]),
  environments: z.array(Environment).default([]),
  /** A tag of the account; any value if none is given. */
  tag: z
    .strictObject({ key: filledText(128), value: plainText(256).nullable() })
    .nullable()
    .default(null),
  severityAtLeast: Severity.nullable().default(null),
  team: TeamId,
  owner: z.uuid().nullable().default(null),
})
export type RoutingRule = z.infer<typeof RoutingRule>
export const RoutingRules = z.array(RoutingRule).max(200)
export type RoutingRules = z.infer<typeof RoutingRules>

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveRouting = z.strictObject({ rules: RoutingRules, seen: z.string().nullable() })
export type SaveRouting = z.infer<typeof SaveRouting>

export interface Routable extends Subject {
  accountId: AccountId
  environment: Environment | null
  /** Tags of the account. */
  tags: Tags
  ownerTeam: TeamId
  sources: readonly SourceId[]
  /** A rank, 5 worst. */
  severity: number
}

/** The tag of an account with the id of the team for findings that no rule assigns. */
const OWNER_TAG = 'owner-team'

/**
 * The team of a finding, and its owner if a rule names one. `teams` are those of the organization in their order; the
 * successor takes the place of a retired team.
 */
export function routeTo(
  finding: Routable,
  rules: readonly RoutingRule[],
  teams: readonly Team[],
): { team: TeamId; owner: string | null } {
  const rule = rules.find(each => fits(each, finding))
  const ruled = rule && activeTeamOf(teams, rule.team)
  if (rule && ruled) return { team: ruled, owner: rule.owner }
  const kind = defaultKinds[categoryOf(finding)]
  if (kind) return { team: defaultTeamOf(teams, kind), owner: null }
  const tag = finding.tags[OWNER_TAG]?.toLowerCase()
  const tagged = tag === undefined ? null : activeTeamOf(teams, tag)
  return { team: tagged ?? activeTeamOf(teams, finding.ownerTeam) ?? finding.ownerTeam, owner: null }
}

function fits(rule: RoutingRule, finding: Routable): boolean {
  const { tag } = rule
  return (
    (rule.categories.length === 0 || rule.categories.includes(categoryOf(finding))) &&
    (rule.control === null || fitsPattern(rule.control, finding.control)) &&
    (rule.sources.length === 0 || finding.sources.some(source => rule.sources.includes(source))) &&
    (rule.accounts.length === 0 || rule.accounts.includes(finding.accountId)) &&
    (rule.environments.length === 0 || rule.environments.some(name => name === finding.environment)) &&
    (rule.severityAtLeast === null || finding.severity >= severityRank(rule.severityAtLeast)) &&
    (tag === null ||
      (Object.hasOwn(finding.tags, tag.key) && (tag.value === null || finding.tags[tag.key] === tag.value)))
  )
}
