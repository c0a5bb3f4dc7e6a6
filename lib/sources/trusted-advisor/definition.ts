import type { SourceDefinition } from '../definition'

/** https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html */
export const definition = {
  folder: 'trusted-advisor',
  feeds: [
    {
      id: 'trusted-advisor',
      name: { ja: 'Trusted Advisor', en: 'Trusted Advisor' },
      short: { ja: 'TA', en: 'TA' },
      reports: 'control',
      products: 'own',
    },
  ],
  archives: false,
  checkNames: { shared: ['trustedAdvisor'] },
} as const satisfies SourceDefinition
