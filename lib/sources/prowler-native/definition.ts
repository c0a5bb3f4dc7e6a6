import type { SourceDefinition } from '../definition'

/** Prowler's own output. Its ASFF and OCSF output is read by those sources, and belongs to this feed too. */
export const definition = {
  folder: 'prowler-native',
  feeds: [
    {
      id: 'prowler',
      name: { ja: 'Prowler', en: 'Prowler' },
      short: { ja: 'Prowler', en: 'Prowler' },
      reports: 'pairs',
      products: 'own',
    },
  ],
  archives: false,
  // Its second version, and those since.
  csvHeaders: [
    ['ACCOUNT_NUM', 'TITLE_ID', 'CHECK_RESULT'],
    ['CHECK_ID', 'STATUS', 'SEVERITY'],
  ],
  // https://docs.prowler.com/user-guide/providers/aws/v2_to_v3_checks_mapping
  checkNames: { shared: ['prowler'], only: ['prowler2'] },
} as const satisfies SourceDefinition
