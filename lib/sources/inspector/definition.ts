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
      cost: 'usage',
      product: 'Inspector',
    },
  ],
  archives: true,
  // https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-locating-analyzing.html
  consolePages: [
    {
      service: 'Inspector',
      page: 'inspector/v2/home?region={region}#/findings/details/{encodedId}',
      form: /^(arn:aws[\w-]*:inspector2:[\w-]+:\d{12}:finding\/[0-9a-f]{32})$/,
    },
  ],
} as const satisfies SourceDefinition
