import type { SourceDefinition } from '../definition'

/**
 * AWS Security Finding Format:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
export const definition = {
  folder: 'asff',
  feeds: [
    {
      id: 'security-hub',
      name: { ja: 'Security Hub', en: 'Security Hub' },
      short: { ja: 'SH', en: 'SH' },
      reports: 'pairs',
      products: 'hub',
      passesUnrated: true,
      reclassifies: ['Macie'],
    },
    {
      id: 'asff',
      name: { ja: 'ASFF ファイル', en: 'ASFF file' },
      short: { ja: 'ASFF', en: 'ASFF' },
      reports: 'pairs',
      products: 'any',
    },
  ],
  archives: true,
  recordKeys: ['SchemaVersion'],
  accountKeys: ['AwsAccountId'],
  movingTimes: {
    mark: '"SchemaVersion"',
    keys: ['UpdatedAt', 'LastObservedAt', 'ProcessedAt', 'CreatedAt', 'FirstObservedAt'],
  },
  fileExtensions: ['asff'],
} as const satisfies SourceDefinition
