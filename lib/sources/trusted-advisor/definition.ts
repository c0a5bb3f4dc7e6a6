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
      cost: 'plan',
    },
  ],
  archives: false,
  checkNames: { shared: ['trustedAdvisor'] },
  // Its console has no page for one check. https://docs.aws.amazon.com/awssupport/latest/user/get-started-with-aws-trusted-advisor.html
  consolePages: [
    {
      service: 'Trusted Advisor',
      page: 'trustedadvisor/home?#/category/security',
      form: /^(12Fnkpl8Y5)\//,
      feed: 'trusted-advisor',
    },
  ],
} as const satisfies SourceDefinition
