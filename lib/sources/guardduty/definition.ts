import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html */
export const definition = {
  folder: 'guardduty',
  feeds: [
    {
      id: 'guardduty',
      name: { ja: 'GuardDuty', en: 'GuardDuty' },
      short: { ja: 'GD', en: 'GD' },
      reports: 'region',
      products: 'own',
      product: 'GuardDuty',
    },
  ],
  archives: true,
  // Security Hub and OCSF name a finding by its ARN, GuardDuty by the id at the end of it.
  threatName: /^arn:[^:]+:guardduty:[^:]*:\d{12}:detector\/[^/]+\/finding\/([^/]+)$/,
  // https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
  threatPage: 'guardduty/home?region={region}#/findings?search=id%3D{id}',
} as const satisfies SourceDefinition
