import type { SourceDefinition } from '../definition'

/** Rules of AWS Config: https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html */
export const definition = {
  folder: 'aws-config',
  feeds: [
    {
      id: 'config',
      name: { ja: 'Config', en: 'Config' },
      short: { ja: 'Config', en: 'Config' },
      reports: 'control-in-region',
      products: 'own',
      cost: 'usage',
    },
  ],
  archives: false,
  // https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html
  // https://docs.aws.amazon.com/config/latest/APIReference/API_GetConformancePackComplianceDetails.html
  lists: ['EvaluationResults', 'AggregateEvaluationResults', 'ConformancePackRuleEvaluationResults'],
  checkNames: { shared: ['config'] },
} as const satisfies SourceDefinition
