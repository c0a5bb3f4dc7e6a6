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
      product: 'Access Analyzer',
    },
  ],
  archives: true,
} as const satisfies SourceDefinition
