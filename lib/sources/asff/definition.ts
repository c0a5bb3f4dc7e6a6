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
      name: { ja: 'Security Hub CSPM', en: 'Security Hub CSPM' },
      short: { ja: 'CSPM', en: 'CSPM' },
      reports: 'pairs',
      products: 'hub',
      cost: 'usage',
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
  // Links in this form are in the notifications that AWS's samples send for Security Hub.
  consolePages: [
    {
      service: 'Security Hub CSPM',
      page: 'securityhub/home?region={region}#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253A{id}',
      form: /^(arn:aws[\w-]*:[\w./:+=@-]+|[0-9a-f-]{32,36})$/,
      feed: 'security-hub',
    },
  ],
  commandName: 'recordArn',
} as const satisfies SourceDefinition
