import type { PolicyDocument } from './document'
import { collectorPolicy, organizationPolicy, writeBackPolicy } from './policies'
import type { Principal } from './principal'

/** The name of a role, and the principal that may assume it. */
export interface RoleTrust {
  readonly caller: Principal
  readonly externalId: string
  readonly roleName: string
}

/**
 * A CloudFormation template as JSON.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09'
  readonly Description: string
  readonly Parameters?: Readonly<Record<string, object>>
  readonly Resources: Readonly<Record<string, object>>
  readonly Outputs?: Readonly<Record<string, object>>
}

/** The read-only role of one account. */
export function memberRoleTemplate(trust: RoleTrust): Template {
  return roleTemplate('Read-only role for Hinomi in one account.', trust, {
    CollectorRead: collectorPolicy(trust.caller.partition),
  })
}

/** The read-only role of the management or delegated account, which also reads the organization. */
export function organizationRoleTemplate(trust: RoleTrust): Template {
  return roleTemplate('Read-only role for Hinomi in the management or delegated administrator account.', trust, {
    CollectorRead: collectorPolicy(trust.caller.partition),
    OrganizationRead: organizationPolicy(),
  })
}

/** The role for writing status, owner and note back to Security Hub CSPM. It reads nothing. */
export function writeBackRoleTemplate(trust: RoleTrust): Template {
  return roleTemplate('Role of Hinomi for writing the status of findings back to Security Hub CSPM.', trust, {
    WriteBack: writeBackPolicy(),
  })
}

function roleTemplate(Description: string, trust: RoleTrust, policies: Record<string, PolicyDocument>): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description,
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: trust.roleName,
          Description,
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: trustPolicy(trust),
          Policies: Object.entries(policies).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  }
}

/**
 * Only this principal, and only with the external id.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function trustPolicy({ caller, externalId }: RoleTrust): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'HinomiWithExternalId',
        Effect: 'Allow',
        Principal: { AWS: caller.arn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  }
}
