/** Operations of the table that no code calls yet, by the collector that will. An entry is removed with the collector that calls it. */
export const TO_COME: Readonly<Record<string, readonly string[]>> = {
  'security-hub': [
    'securityhub:GetAggregatorV2',
    'securityhub:GetFindingAggregator',
    'securityhub:GetFindingsV2',
    'securityhub:ListAggregatorsV2',
    'securityhub:DescribeSecurityHubV2',
    'securityhub:ListMembers',
  ],
  guardduty: ['guardduty:GetFilter', 'guardduty:ListFilters', 'guardduty:ListMembers'],
  inspector: ['inspector2:ListCoverageStatistics', 'inspector2:ListMembers'],
  config: [
    'config-service:DescribeAggregateComplianceByConfigRules',
    'config-service:DescribeConfigRules',
    'config-service:DescribeConfigurationAggregatorSourcesStatus',
    'config-service:DescribeConfigurationAggregators',
    'config-service:GetAggregateComplianceDetailsByConfigRule',
  ],
  macie: ['macie2:ListMembers'],
  'trusted-advisor': ['trustedadvisor:ListChecks'],
  push: ['sqs:DeleteMessageBatch', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  'write-back': ['securityhub:BatchUpdateFindings'],
}
