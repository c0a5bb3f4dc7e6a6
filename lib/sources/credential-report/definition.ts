import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
export const definition = {
  folder: 'credential-report',
  feeds: [
    {
      id: 'iam-credential-report',
      name: { ja: 'IAM 認証情報レポート', en: 'IAM credential report' },
      short: { ja: 'IAM', en: 'IAM' },
      reports: 'whole',
      products: 'own',
      cost: 'free',
    },
  ],
  archives: false,
  csvHeaders: [['user', 'arn', 'user_creation_time']],
} as const satisfies SourceDefinition
