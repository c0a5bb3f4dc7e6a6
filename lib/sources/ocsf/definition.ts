import type { SourceDefinition } from '../definition'

/** Open Cybersecurity Schema Framework: https://schema.ocsf.io */
export const definition = {
  folder: 'ocsf',
  feeds: [
    {
      id: 'security-hub-v2',
      name: { ja: 'Security Hub (OCSF)', en: 'Security Hub (OCSF)' },
      short: { ja: 'SH v2', en: 'SH v2' },
      reports: 'pairs',
      products: 'hub',
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
  fileExtensions: ['ocsf'],
} as const satisfies SourceDefinition
