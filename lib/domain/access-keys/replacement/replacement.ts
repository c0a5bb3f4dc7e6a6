import type { PipelineSystem } from '../../trust/issuers'
import type { Replacement, ReplacementContext } from './context'
import { systemParts } from './systems'

/**
 * Names of IAM, which need no quotes in a shell.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const NAME = /^[\w+=,.@-]{1,64}$/
const POLICY = /^arn:[\w-]+:iam::(?:aws|\d{12}):policy\/[\w+=,.@/-]+$/
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d$/

/** The role, and the change of the workflow, by which a pipeline of a CI system needs no key. */
export function replacementOf(system: PipelineSystem, context: ReplacementContext): Replacement {
  const { partition, account, providers } = context
  const part = systemParts[system](context)
  const trusted = providers.has(part.address)
  const user = NAME.test(context.user) ? context.user : 'USER_NAME'
  const key = NAME.test(context.key) ? context.key : 'ACCESS_KEY_ID'
  const role = `${user.slice(0, 59)}-oidc`
  const roleArn = `arn:${partition}:iam::${account}:role/${role}`
  const values = {
    roleArn,
    region: REGION.test(context.region ?? '') ? (context.region ?? '') : 'REGION',
    audience: part.audience,
  }
  const trustPolicy = JSON.stringify(
    policyOf(`arn:${partition}:iam::${account}:oidc-provider/${part.address}`, part),
    null,
    2,
  )
  const workflow = { file: part.file, text: part.workflow(values).join('\n') }
  const commands = {
    provider: trusted
      ? []
      : [`aws iam create-open-id-connect-provider --url https://${part.address} --client-id-list ${part.audience}`],
    role: [`aws iam create-role --role-name ${role} --assume-role-policy-document file://trust-policy.json`],
    policies: context.attachedPolicies
      .filter(arn => POLICY.test(arn))
      .map(arn => `aws iam attach-role-policy --role-name ${role} --policy-arn ${arn}`),
    retire: [
      `aws iam update-access-key --user-name ${user} --access-key-id ${key} --status Inactive`,
      `aws iam delete-access-key --user-name ${user} --access-key-id ${key}`,
    ],
  }
  const text = [trustPolicy, workflow.text, ...Object.values(commands).flat()].join('\n')
  const words = new Set(text.split(/[^A-Za-z_]+/))
  return {
    system,
    trusted,
    issuer: `https://${part.address}`,
    role,
    trustPolicy,
    commands,
    otherPermissions: context.otherPermissions,
    admin: context.attachedPolicies.some(arn =>
      /:aws:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$/.test(arn),
    ),
    workflow,
    unset: PLACEHOLDERS.filter(word => words.has(word)),
  }
}

const PLACEHOLDERS = [
  ...['OWNER', 'OWNER_ID', 'REPOSITORY', 'REPOSITORY_ID', 'GROUP', 'ORGANIZATION', 'ORGANIZATION_ID', 'PROJECT'],
  ...['PROJECT_ID', 'WORKSPACE', 'WORKSPACE_ID', 'USER_NAME', 'ACCESS_KEY_ID', 'REGION'],
]

function policyOf(
  provider: string,
  { address, audience, equals, like }: { address: string; audience: string; equals?: readonly string[]; like?: string },
) {
  const [only] = equals ?? []
  const subject = equals && { [`${address}:sub`]: equals.length === 1 ? only : equals }
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${address}:aud`]: audience, ...subject },
          ...(like !== undefined && { StringLike: { [`${address}:sub`]: like } }),
        },
      },
    ],
  }
}
