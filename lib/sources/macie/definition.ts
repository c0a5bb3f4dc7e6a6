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
      cost: 'usage',
      product: 'Macie',
    },
  ],
  archives: false,
  // https://docs.aws.amazon.com/macie/latest/user/findings-view.html
  consolePages: [
    {
      service: 'Macie',
      page: 'macie/home?region={region}#findings?itemId={id}',
      form: /^([0-9a-f-]{32,36})$/,
      feed: 'macie',
    },
  ],
  commandName: 'ownFindingId',
} as const satisfies SourceDefinition
