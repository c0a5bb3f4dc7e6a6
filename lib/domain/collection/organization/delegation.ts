import { z } from 'zod'

/**
 * Services that a delegated administrator can manage for an organization, by their principals.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
 */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['securityhub.amazonaws.com', 'Security Hub'],
  ['guardduty.amazonaws.com', 'GuardDuty'],
  ['inspector2.amazonaws.com', 'Inspector'],
  ['access-analyzer.amazonaws.com', 'IAM Access Analyzer'],
  ['macie.amazonaws.com', 'Macie'],
  ['detective.amazonaws.com', 'Detective'],
  ['securitylake.amazonaws.com', 'Security Lake'],
  ['config.amazonaws.com', 'AWS Config'],
  ['config-multiaccountsetup.amazonaws.com', 'AWS Config (rules and conformance packs)'],
  ['fms.amazonaws.com', 'Firewall Manager'],
  ['cloudtrail.amazonaws.com', 'CloudTrail'],
  ['iam.amazonaws.com', 'IAM (root access)'],
  ['sso.amazonaws.com', 'IAM Identity Center'],
  ['account.amazonaws.com', 'Account Management'],
  ['reporting.trustedadvisor.amazonaws.com', 'Trusted Advisor'],
  ['health.amazonaws.com', 'Health'],
  ['backup.amazonaws.com', 'Backup'],
  ['member.org.stacksets.cloudformation.amazonaws.com', 'CloudFormation StackSets'],
  ['ssm.amazonaws.com', 'Systems Manager'],
  ['auditmanager.amazonaws.com', 'Audit Manager'],
  ['storage-lens.s3.amazonaws.com', 'S3 Storage Lens'],
])

/** What the collector of an organization writes of it: lib/aws/collect/identity/organization-settings.ts. */
export const OrganizationData = z.object({
  managementAccount: z.string().optional(),
  trustedServices: z
    .array(z.string())
    .nullish()
    .transform(services => services ?? []),
})
export const AdministratorData = z.object({
  account: z.string(),
  services: z.array(z.object({ principal: z.string(), since: z.coerce.date().optional() })),
})

export interface DelegationRow {
  principal: string
  /** The name of the service; the principal of one that is not in the table. */
  service: string
  /** Since when each delegated administrator manages it; null where that is not known. */
  since: Readonly<Record<string, Date | null>>
  /**
   * management: it is delegated to the management account; none: it is in use in the organization, but the management account manages it
   * since nobody else does.
   */
  warning: 'management' | 'none' | null
}

export interface Delegation {
  management: string | null
  /** Delegated administrators, without the management account. */
  administrators: string[]
  rows: DelegationRow[]
}

/** Services of an organization by who manages them. Services that nobody can delegate are left out where nobody did. */
export function toDelegation(
  { managementAccount, trustedServices }: z.infer<typeof OrganizationData>,
  administrators: readonly z.infer<typeof AdministratorData>[],
): Delegation {
  const management = managementAccount ?? null
  const delegated = new Map<string, Record<string, Date | null>>()
  for (const { account, services } of administrators)
    for (const { principal, since } of services)
      delegated.set(principal, { ...delegated.get(principal), [account]: since ?? null })
  const known = trustedServices.filter(principal => SERVICES.has(principal))
  const rows = [...new Set([...known, ...delegated.keys()])].map(principal => {
    const since = delegated.get(principal) ?? {}
    const accounts = Object.keys(since)
    const warning =
      accounts.length === 0
        ? ('none' as const)
        : accounts.some(id => id === management)
          ? ('management' as const)
          : null
    return { principal, service: SERVICES.get(principal) ?? principal, since, warning }
  })
  const order = [...SERVICES.keys()]
  const place = (principal: string) => (order.indexOf(principal) + order.length + 1) % (order.length + 1)
  return {
    management,
    administrators: [...new Set(administrators.map(({ account }) => account))].filter(id => id !== management).sort(),
    rows: rows.sort((a, b) => place(a.principal) - place(b.principal) || (a.principal < b.principal ? -1 : 1)),
  }
}
