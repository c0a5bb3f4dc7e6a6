/** Operations of the table that no code calls yet, by the collector that will. An entry is removed with the collector that calls it. */
export const TO_COME: Readonly<Record<string, readonly string[]>> = {
  'security-hub': [
    'securityhub:GetAggregatorV2',
    'securityhub:GetFindingsV2',
    'securityhub:ListAggregatorsV2',
    'securityhub:DescribeSecurityHubV2',
  ],
  guardduty: ['guardduty:GetFilter', 'guardduty:ListFilters'],
  inspector: ['inspector2:ListCoverageStatistics'],
  config: [
    'config-service:DescribeAggregateComplianceByConfigRules',
    'config-service:DescribeConfigRules',
    'config-service:DescribeConfigurationAggregatorSourcesStatus',
    'config-service:DescribeConfigurationAggregators',
    'config-service:GetAggregateComplianceDetailsByConfigRule',
  ],
  'trusted-advisor': ['trustedadvisor:ListChecks'],
}
