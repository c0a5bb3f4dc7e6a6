import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html */
export const definition = {
  folder: 'inspector',
  feeds: [
    {
      id: 'inspector',
      name: { ja: 'Inspector', en: 'Inspector' },
      short: { ja: 'Insp', en: 'Insp' },
      reports: 'region',
      products: 'own',
      product: 'Inspector',
    },
  ],
  archives: true,
} as const satisfies SourceDefinition
