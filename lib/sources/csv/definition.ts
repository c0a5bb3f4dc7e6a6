import type { SourceDefinition } from '../definition'

/** CSV of any tool, read by a mapping. */
export const definition = {
  folder: 'csv',
  feeds: [
    {
      id: 'csv',
      name: { ja: 'CSV', en: 'CSV' },
      short: { ja: 'CSV', en: 'CSV' },
      reports: 'pairs',
      products: 'any',
    },
  ],
  archives: true,
  byMapping: true,
} as const satisfies SourceDefinition
