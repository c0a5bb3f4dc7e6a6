import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { AccountSummary, accountOf, dayOf, evidenceOf, judgeEach, listed, resultOf, seen, theOnly } from './parts'

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform(value => (Array.isArray(value) ? value : [value]))
const Statement = z.object({ Effect: z.string(), Action: OneOrMore.optional(), Resource: OneOrMore.optional() })
const Policy = z.object({
  document: z.object({
    Statement: z.union([z.array(Statement), Statement]).transform(value => (Array.isArray(value) ? value : [value])),
  }),
})
const Entity = z.object({ attachedPolicies: z.array(z.string()) })
const Certificate = z.object({ expiresAt: z.coerce.date() })
const Credentials = z.object({ credentials: z.object({ password_enabled: z.string() }).nullable() })
const PasswordPolicy = z.object({
  MinimumPasswordLength: z.number().optional(),
  PasswordReusePrevention: z.number().optional(),
  RequireUppercaseCharacters: z.boolean().optional(),
  RequireLowercaseCharacters: z.boolean().optional(),
  RequireNumbers: z.boolean().optional(),
  RequireSymbols: z.boolean().optional(),
})

const REUSE = 24
const SHORTEST = 8
/** Identities by type, as AWS Security Hub names it. */
const ENTITIES = {
  'AWS::IAM::User': 'AwsIamUser',
  'AWS::IAM::Group': 'AwsIamGroup',
  'AWS::IAM::Role': 'AwsIamRole',
} as const

/** IAM.1 is about everything on everything, IAM.21 about everything of one service. */
function* adminPolicies(inventory: Inventory): Iterable<CheckResult> {
  const all = { type: 'AWS::IAM::ManagedPolicy', as: 'AwsIamPolicy', schema: Policy }
  yield* judgeEach(inventory, all, function* ({ data }, resource) {
    const allowed = data.document.Statement.filter(({ Effect }) => Effect === 'Allow')
    const admin = allowed.some(({ Action, Resource }) => Action?.includes('*') && Resource?.includes('*'))
    const services = allowed.flatMap(({ Action = [] }) => Action.filter(action => /^[^:*]+:\*$/.test(action)))
    yield { control: 'IAM.1', resource, result: resultOf(!admin) }
    const evidence = evidenceOf({ allActions: listed(services) || null })
    yield { control: 'IAM.21', resource, result: resultOf(services.length === 0), evidence }
  })
}

/** Without users who have a password there is nobody whom it is for. */
function* passwordPolicy(inventory: Inventory): Iterable<CheckResult> {
  const settings = theOnly(inventory, 'AWS::IAM::AccountSettings', AccountSummary)
  const users = seen(inventory, 'AWS::IAM::User', Credentials)
  if (!users.some(({ data }) => data.credentials?.password_enabled !== 'false')) return
  const policy = PasswordPolicy.parse(settings.passwordPolicy ?? {})
  const { MinimumPasswordLength: length = 0, PasswordReusePrevention: reuse = 0 } = policy
  const { passwordLength } = inventory.limits
  const resource = accountOf(inventory)
  const kinds = [
    policy.RequireUppercaseCharacters,
    policy.RequireLowercaseCharacters,
    policy.RequireNumbers,
    policy.RequireSymbols,
  ]
  const set = settings.passwordPolicy !== null
  yield {
    control: 'IAM.15',
    resource,
    result: resultOf(length >= passwordLength),
    evidence: evidenceOf({ passwordPolicy: set, passwordLength: length, limitLength: passwordLength }),
  }
  yield {
    control: 'IAM.16',
    resource,
    result: resultOf(reuse >= REUSE),
    evidence: evidenceOf({ passwordPolicy: set, passwordReuse: reuse }),
  }
  yield {
    control: 'IAM.7',
    resource,
    result: resultOf(length >= SHORTEST && kinds.every(Boolean)),
    evidence: evidenceOf({ passwordPolicy: set, passwordLength: length, passwordKinds: kinds.every(Boolean) }),
  }
}

function hasPolicy({ attachedPolicies }: z.infer<typeof Entity>, policy: string): boolean {
  return attachedPolicies.some(arn => arn.endsWith(`:aws:policy/${policy}`))
}

function* supportRole(inventory: Inventory): Iterable<CheckResult> {
  const entities = Object.keys(ENTITIES).flatMap(type => seen(inventory, type, Entity))
  const found = entities.filter(({ data }) => hasPolicy(data, 'AWSSupportAccess'))
  const evidence = evidenceOf({ supportAccess: listed(found.map(({ resource }) => resource.name)) || null })
  yield { resource: accountOf(inventory), result: resultOf(found.length > 0), evidence }
}

function* cloudShell(inventory: Inventory): Iterable<CheckResult> {
  for (const [type, as] of Object.entries(ENTITIES))
    yield* judgeEach(inventory, { type, as, schema: Entity }, function* ({ data }, resource) {
      if (hasPolicy(data, 'AWSCloudShellFullAccess')) yield { resource, result: 'failed' }
    })
}

function* expiredCertificates(inventory: Inventory): Iterable<CheckResult> {
  const all = { type: 'AWS::IAM::ServerCertificate', as: 'AwsIamServerCertificate', schema: Certificate }
  yield* judgeEach(inventory, all, function* ({ data: { expiresAt } }, resource) {
    const evidence = evidenceOf({ expiresOn: dayOf(expiresAt) })
    yield { resource, result: resultOf(expiresAt > inventory.now), evidence }
  })
}

const once = { needs: ['iam'], regional: false } as const

export const policyChecks: readonly CheckDefinition[] = [
  { id: 'no-admin-policies', controls: ['IAM.1', 'IAM.21'], severity: 'high', ...once, run: adminPolicies },
  { id: 'password-policy', controls: ['IAM.15', 'IAM.16', 'IAM.7'], severity: 'medium', ...once, run: passwordPolicy },
  { id: 'support-role', controls: ['IAM.18'], severity: 'low', ...once, always: true, run: supportRole },
  { id: 'no-cloudshell-access', controls: ['IAM.27'], severity: 'medium', ...once, run: cloudShell },
  { id: 'no-expired-certificates', controls: ['IAM.26'], severity: 'medium', ...once, run: expiredCertificates },
]
