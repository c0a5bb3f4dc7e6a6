import type { SourceDefinition } from '../definition'

/** Hinomi's own checks over the resources that collectors read (lib/domain/checks). */
export const definition = {
  folder: 'hinomi',
  feeds: [
    {
      id: 'hinomi',
      name: { ja: 'Hinomi のチェック', en: 'Checks by Hinomi' },
      short: { ja: '火の見', en: 'Hinomi' },
      reports: 'whole',
      products: 'own',
      product: 'Hinomi',
    },
  ],
  archives: false,
} as const satisfies SourceDefinition
