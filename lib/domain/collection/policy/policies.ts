import type { Partition } from '../connection'
import { API_GATEWAY_PATHS, collectorActions, dataReads } from './collector-actions'
import { type PolicyDocument, policyOf, type Statement } from './document'
import { organizationActions } from './organization-actions'
import type { Principal } from './principal'

function allow(Sid: string, Action: readonly string[], Resource: Statement['Resource'] = '*'): Statement {
  return { Sid, Effect: 'Allow', Action, Resource }
}

/** The policy of the role in every account: reads of settings and findings, and a Deny of reads of data. */
export function collectorPolicy(partition: Partition): PolicyDocument {
  const paths = API_GATEWAY_PATHS.map(path => `arn:${partition}:apigateway:*::${path}`)
  return policyOf(
    ...Object.entries(collectorActions).map(([subject, actions]) => allow(subject, actions)),
    allow('ApiGatewayRead', ['apigateway:GET'], paths),
    { Sid: 'NeverReadData', Effect: 'Deny', Action: dataReads, Resource: '*' },
  )
}

/** The additional policy of the role of the management or delegated account. */
export function organizationPolicy(): PolicyDocument {
  return policyOf(allow('OrganizationRead', organizationActions))
}

/**
 * The policy of Hinomi's own identity: to assume the roles, and to read the path of its own role for their trust
 * policies.
 */
export function callerPolicy(caller: Principal, roleNames: readonly string[]): PolicyDocument {
  const roles = roleNames.map(name => `arn:${caller.partition}:iam::*:role/${name}`)
  const assume = allow('AssumeRoles', ['sts:AssumeRole'], roles)
  return caller.kind === 'role' ? policyOf(assume, allow('ReadOwnRole', ['iam:GetRole'], caller.arn)) : policyOf(assume)
}

const FIELDS_OF_OTHERS = [
  'Confidence',
  'Criticality',
  'Severity.Label',
  'Severity.Normalized',
  'Types',
  'VerificationState',
] as const

/**
 * The policy of the separate role for writing back: updates of findings, but not of the fields that others decide
 * about.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
 */
export function writeBackPolicy(): PolicyDocument {
  return policyOf(
    allow('WriteBackWorkflow', ['securityhub:BatchUpdateFindings']),
    ...FIELDS_OF_OTHERS.map(
      (field): Statement => ({
        Sid: `Never${field.replace('.', '')}`,
        Effect: 'Deny',
        Action: ['securityhub:BatchUpdateFindings'],
        Resource: '*',
        Condition: { Null: { [`securityhub:ASFFSyntaxPath/${field}`]: 'false' } },
      }),
    ),
  )
}
