import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html */
const GUARDDUTY = { service: 'GuardDuty', page: 'guardduty/home?region={region}#/findings?search=id%3D{id}' }
/** https://docs.aws.amazon.com/detective/latest/userguide/profile-navigate-url.html */
const DETECTIVE = { service: 'Detective', page: 'detective/home?region={region}#findings/GuardDuty/{id}' }

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
      cost: 'usage',
      product: 'GuardDuty',
    },
  ],
  archives: true,
  // Security Hub and OCSF name a finding by its ARN, GuardDuty by the id at the end of it.
  threatName: /^arn:[^:]+:guardduty:[^:]*:\d{12}:detector\/[^/]+\/finding\/([^/]+)$/,
  consolePages: ([GUARDDUTY, DETECTIVE] as const).flatMap(page => [
    { ...page, form: /^arn:[^:]+:guardduty:[^:]*:\d{12}:detector\/[^/]+\/finding\/([\w-]+)$/ },
    { ...page, form: /^([\w-]+)$/, feed: 'guardduty' },
  ]),
} as const satisfies SourceDefinition
