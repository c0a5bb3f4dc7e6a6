/** Operations of the table that no code calls yet, by the collector that will. An entry is removed with the collector that calls it. */
export const TO_COME: Readonly<Record<string, readonly string[]>> = {
  config: [
    'config-service:DescribeAggregateComplianceByConfigRules',
    'config-service:DescribeConfigRules',
    'config-service:DescribeConfigurationAggregatorSourcesStatus',
    'config-service:DescribeConfigurationAggregators',
    'config-service:GetAggregateComplianceDetailsByConfigRule',
  ],
  'trusted-advisor': ['trustedadvisor:ListChecks'],
  'write-back': ['securityhub:BatchUpdateFindings'],
}
