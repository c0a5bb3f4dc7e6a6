import { memberRoleTemplate, type RoleTrust, type Template } from './role-template'

/** A root or an organizational unit. https://docs.aws.amazon.com/organizations/latest/APIReference/API_TargetId.html */
export type OrganizationalUnitId = string

export interface StackSetSettings extends RoleTrust {
  /** Units whose accounts get the role, also those that join later; empty if the person who deploys it chooses them. */
  readonly units: readonly OrganizationalUnitId[]
  /** The Region of the stacks. Roles have no Region, so that one is enough. */
  readonly region: string
}

/**
 * Letters, digits and hyphens, the first a letter, whatever the role is called.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
 */
function stackSetName(roleName: string): string {
  const name = roleName.replace(/[^a-z\d]+/gi, '-').replace(/^-|-$/g, '')
  return /^[a-z]/i.test(name) ? name : ['Hinomi', name].filter(Boolean).join('-')
}

/**
 * A StackSet that creates the read-only role in every account of an organization. It contains the template of the role,
 * so that no address has to be reachable for CloudFormation. It never includes the management account: that needs the
 * role of organizationRoleTemplate.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
 */
export function stackSetTemplate({ units, region, ...trust }: StackSetSettings): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Read-only roles for Hinomi in the accounts of an organization, with those that join later.',
    Parameters: {
      OrganizationalUnitIds: {
        Type: 'CommaDelimitedList',
        Description: 'Ids of the root (r-...) or of organizational units (ou-...) whose accounts get the role.',
        ...(units.length > 0 && { Default: units.join(',') }),
      },
      CallAs: {
        Type: 'String',
        Description: 'SELF in the management account, DELEGATED_ADMIN in a delegated administrator of StackSets.',
        Default: 'SELF',
        AllowedValues: ['SELF', 'DELEGATED_ADMIN'],
      },
    },
    Resources: {
      Roles: {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: stackSetName(trust.roleName),
          Description: 'Read-only role for Hinomi',
          PermissionModel: 'SERVICE_MANAGED',
          CallAs: { Ref: 'CallAs' },
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          TemplateBody: JSON.stringify(memberRoleTemplate(trust)),
          AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
          ManagedExecution: { Active: true },
          OperationPreferences: {
            FailureTolerancePercentage: 10,
            MaxConcurrentPercentage: 100,
            RegionConcurrencyType: 'PARALLEL',
          },
          StackInstancesGroup: [
            {
              DeploymentTargets: { OrganizationalUnitIds: { Ref: 'OrganizationalUnitIds' } },
              Regions: [region],
            },
          ],
        },
      },
    },
  }
}
