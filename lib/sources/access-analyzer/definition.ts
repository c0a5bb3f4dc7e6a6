import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html */
export const definition = {
  folder: 'access-analyzer',
  feeds: [
    {
      id: 'access-analyzer',
      name: { ja: 'IAM Access Analyzer', en: 'IAM Access Analyzer' },
      short: { ja: 'AA', en: 'AA' },
      reports: 'region',
      products: 'own',
      cost: 'part',
      product: 'Access Analyzer',
    },
  ],
  archives: true,
  // ACTIVE, ARCHIVED or RESOLVED: the status of FindingSummaryV2.
  active: /^access-analyzer\//,
  // SourceUrl of its findings: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
  consolePages: [
    {
      service: 'IAM Access Analyzer',
      page: 'access-analyzer/home?region={region}#/findings/details/{id}',
      form: /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/,
      feed: 'access-analyzer',
    },
  ],
} as const satisfies SourceDefinition
