import { z } from 'zod'
import { cutText } from '../text/cut-text'
import { type PipelineSystem, pipelineSystems } from '../trust/issuers'
import { type Documents, mayCall, type Permitted } from '../trust/permissions'
import type { IamKey, IamUser } from './iam-resources'

/** Rules by which a key is taken for a pipeline's, with their points. */
export const pipelineRules = [
  { id: 'name', points: 35 },
  { id: 'noConsole', points: 10 },
  { id: 'deployServices', points: 15 },
  { id: 'policies', points: 10 },
  { id: 'userAgent', points: 30 },
  { id: 'addresses', points: 25 },
  { id: 'cadence', points: 10 },
  { id: 'secretName', points: 40 },
  { id: 'person', points: -40 },
] as const
export type PipelineRule = (typeof pipelineRules)[number]['id']

/** Rules that need CloudTrail's records, or a look into a CI system. */
const NOT_EXAMINED: readonly PipelineRule[] = ['userAgent', 'addresses', 'cadence', 'secretName']

export const keyUses = ['pipeline', 'probable', 'other'] as const
export type KeyUse = (typeof keyUses)[number]

const PIPELINE = 60
const PROBABLE = 40

/**
 * The result of a rule: it applies or not, or nothing is known. `seen`: the name, service or permission that it applies
 * to.
 */
export const RuleResult = z.object({
  rule: z.enum(pipelineRules.map(({ id }) => id)),
  result: z.enum(['yes', 'no', 'notExamined']),
  seen: z.string().nullable(),
})
export type RuleResult = z.infer<typeof RuleResult>

export interface PipelineJudgement {
  score: number
  use: KeyUse
  /** The CI system that a name speaks of. */
  system: PipelineSystem | null
  rules: RuleResult[]
}

const NAMED =
  /(?:^|[-_./])(?:ci|cd|cicd|deploy(?:er|ment)?|build(?:er)?|pipeline|release|github|gh-?actions?|gha|circle-?ci|gitlab|bitbucket|travis|jenkins|drone|buildkite|codeship|semaphore|bitrise|appveyor|terraform|tfc|atlantis|spacelift|pulumi|serverless|sls|cdk|ecs-?deploy|eb-?deploy|capistrano|fastlane|ecr-?push|s3-?sync|vercel|netlify)(?:[-_./]|$)/i

const SYSTEMS: Readonly<Record<PipelineSystem, RegExp>> = {
  github: /github|(?:^|[-_./])(?:gh-?actions?|gha)(?:[-_./]|$)/i,
  gitlab: /gitlab/i,
  circleci: /circle-?ci/i,
  bitbucket: /bitbucket/i,
  terraform: /terraform|(?:^|[-_./])tfc(?:[-_./]|$)/i,
}

/** Services that pipelines call, as GetAccessKeyLastUsed names them. */
const DEPLOY_SERVICES = [
  ...['ecr', 'ecs', 's3', 'cloudfront', 'cloudformation', 'lambda'],
  ...['codedeploy', 'elasticbeanstalk', 'ssm', 'eks', 'sts', 'iam'],
]

/** Permissions that stand for a deployment; all of a line have to be there. */
const DEPLOY_ACTIONS: readonly (readonly [string, ...string[]])[] = [
  ['ecr:putimage'],
  ['ecs:updateservice'],
  ['ecs:registertaskdefinition'],
  ['lambda:updatefunctioncode'],
  ['cloudformation:createstack'],
  ['s3:putobject', 'cloudfront:createinvalidation'],
  ['codedeploy:createdeployment'],
]

/** Policies of AWS with these permissions. Their documents are not read. */
const DEPLOY_POLICIES =
  /:aws:policy\/(?:.*\/)?(?:AmazonEC2ContainerRegistry(?:PowerUser|FullAccess)|AmazonECS_FullAccess|AWSLambda_FullAccess|AWSCloudFormationFullAccess|AWSCodeDeploy(?:FullAccess|DeployerAccess)|AdministratorAccess(?:-.+)?|PowerUserAccess)$/

/** Whether a pipeline uses a key, by rules with points. `groups`: the groups of the user. */
export function judgeKey(
  user: IamUser,
  key: IamKey,
  groups: readonly Permitted[],
  documents: Documents,
): PipelineJudgement {
  const names = [user.name, user.path, ...Object.entries(user.tags).flat()]
  const found: Partial<Record<PipelineRule, Omit<RuleResult, 'rule'>>> = {
    name: yes(names.find(name => NAMED.test(name))),
    deployServices: yes(DEPLOY_SERVICES.find(service => service === key.lastUsed?.service?.toLowerCase())),
    policies: yes(deployPermission([user, ...groups], documents)),
  }
  if (user.console) {
    const { password, mfa } = user.console
    found.noConsole = { result: password ? 'no' : 'yes', seen: null }
    found.person = { result: password && mfa ? 'yes' : 'no', seen: null }
  }
  const rules = pipelineRules.map(({ id: rule }) => {
    const none = NOT_EXAMINED.includes(rule) || found[rule] === undefined
    return { rule, ...(none ? ({ result: 'notExamined', seen: null } as const) : (found[rule] ?? NO)) }
  })
  const score = pipelineRules.reduce((sum, { points }, at) => sum + (rules[at]?.result === 'yes' ? points : 0), 0)
  const system = pipelineSystems.find(each => names.some(name => SYSTEMS[each].test(name))) ?? null
  return { score, use: toUse(score), system, rules }
}

const NO = { result: 'no', seen: null } as const

function toUse(score: number): KeyUse {
  if (score >= PIPELINE) return 'pipeline'
  return score >= PROBABLE ? 'probable' : 'other'
}

function yes(seen: string | undefined): Omit<RuleResult, 'rule'> {
  return seen === undefined ? NO : { result: 'yes', seen: cutText(seen, 200) }
}

function deployPermission(permitted: readonly Permitted[], documents: Documents): string | undefined {
  const attached = permitted.flatMap(({ attachedPolicies }) => attachedPolicies).find(arn => DEPLOY_POLICIES.test(arn))
  if (attached) return attached.slice(attached.lastIndexOf('/') + 1)
  return DEPLOY_ACTIONS.find(actions => actions.every(action => mayCall(permitted, documents, action)))?.join(' + ')
}
