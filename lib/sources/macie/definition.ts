import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html */
export const definition = {
  folder: 'macie',
  feeds: [
    {
      id: 'macie',
      name: { ja: 'Macie', en: 'Macie' },
      short: { ja: 'Macie', en: 'Macie' },
      reports: 'region',
      products: 'own',
      product: 'Macie',
    },
  ],
  archives: true,
} as const satisfies SourceDefinition
