interface ManagedGroup {
  capacity: number
  description: string
  rules: readonly string[]
  versions: readonly { name: string; published: string }[]
}

/**
 * A part of AWS's managed rule groups with their capacities and some of their rules, from
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html. The dates of versions are made up.
 */
export const MANAGED_GROUPS: Record<string, ManagedGroup> = {
  AWSManagedRulesCommonRuleSet: {
    capacity: 700,
    description: 'Rules that apply to web applications in general.',
    rules: ['NoUserAgent_HEADER', 'SizeRestrictions_BODY', 'GenericLFI_BODY', 'CrossSiteScripting_BODY'],
    versions: versionsFrom('Version_1.0', 'Version_1.1', 'Version_1.2'),
  },
  AWSManagedRulesKnownBadInputsRuleSet: {
    capacity: 200,
    description: 'Rules that block requests known to be invalid.',
    rules: ['JavaDeserializationRCE_BODY', 'Host_localhost_HEADER', 'Log4JRCE_HEADER'],
    versions: versionsFrom('Version_1.0', 'Version_1.1'),
  },
  AWSManagedRulesSQLiRuleSet: {
    capacity: 200,
    description: 'Rules that block attacks on SQL databases.',
    rules: ['SQLi_QUERYARGUMENTS', 'SQLi_BODY', 'SQLi_COOKIE'],
    versions: versionsFrom('Version_1.0', 'Version_2.0'),
  },
  AWSManagedRulesAmazonIpReputationList: {
    capacity: 25,
    description: 'Rules based on the reputation of addresses.',
    rules: ['AWSManagedIPReputationList', 'AWSManagedReconnaissanceList'],
    versions: versionsFrom('Version_1.0'),
  },
}

function versionsFrom(...names: string[]): { name: string; published: string }[] {
  return names.map((name, year) => ({ name, published: `${2022 + year}-06-01T00:00:00Z` }))
}
