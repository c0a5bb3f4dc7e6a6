import type { SourceDefinition } from '../definition'

/** Open Cybersecurity Schema Framework: https://schema.ocsf.io */
export const definition = {
  folder: 'ocsf',
  feeds: [
    {
      id: 'security-hub-v2',
      name: { ja: 'Security Hub', en: 'Security Hub' },
      short: { ja: 'SH', en: 'SH' },
      reports: 'pairs',
      products: 'hub',
      cost: 'usage',
      passesUnrated: true,
    },
    {
      id: 'ocsf',
      name: { ja: 'OCSF ファイル', en: 'OCSF file' },
      short: { ja: 'OCSF', en: 'OCSF' },
      reports: 'pairs',
      products: 'any',
    },
  ],
  archives: true,
  recordKeys: ['class_uid'],
  movingTimes: {
    mark: '"class_uid"',
    keys: [
      'modified_time',
      'modified_time_dt',
      'time',
      'time_dt',
      'event_time',
      'last_seen_time',
      'last_seen_time_dt',
      'first_seen_time',
      'first_seen_time_dt',
      'created_time',
      'created_time_dt',
      'processed_time',
      'processed_time_dt',
    ],
  },
  fileExtensions: ['ocsf'],
} as const satisfies SourceDefinition
