import type * as Config from '@aws-sdk/client-config-service'
import type { ComplianceType, EvaluationResult } from '@aws-sdk/client-config-service'
import { AwsError } from '../../wire/aws-error'
import { type Handlers, pageOf } from '../handler'

const PAGE = 100

type Names = 'DescribeComplianceByConfigRule' | 'GetComplianceDetailsByConfigRule'

/** Recorders and rules are moto's; what rules have found is put in by tests. */
export const configService: Handlers<typeof Config, Names> = {
  DescribeComplianceByConfigRule({ ConfigRuleNames, ComplianceTypes, NextToken }, call) {
    const rules = [...byRule(call.store.list('config.evaluation', call))]
      .filter(([name]) => !ConfigRuleNames?.length || ConfigRuleNames.includes(name))
      .map(([ConfigRuleName, evaluations]) => ({ ConfigRuleName, Compliance: { ComplianceType: worst(evaluations) } }))
      .filter(({ Compliance }) => !ComplianceTypes?.length || ComplianceTypes.includes(Compliance.ComplianceType))
    const { items, next } = pageOf(rules, NextToken, PAGE)
    return { ComplianceByConfigRules: items, NextToken: next }
  },
  GetComplianceDetailsByConfigRule({ ConfigRuleName, ComplianceTypes, Limit = 10, NextToken }, call) {
    const evaluations = byRule(call.store.list('config.evaluation', call)).get(String(ConfigRuleName))
    if (!evaluations) {
      const message = `The ConfigRule '${ConfigRuleName}' provided in the request is invalid. Please check the configRule name`
      throw new AwsError('NoSuchConfigRuleException', message)
    }
    const fitting = evaluations.filter(
      ({ ComplianceType }) => !ComplianceTypes?.length || (ComplianceType && ComplianceTypes.includes(ComplianceType)),
    )
    const { items, next } = pageOf(fitting, NextToken, Limit || 10)
    return { EvaluationResults: items, NextToken: next }
  },
}

function byRule(evaluations: EvaluationResult[]): Map<string, EvaluationResult[]> {
  const rules = new Map<string, EvaluationResult[]>()
  for (const evaluation of evaluations) {
    const name = String(evaluation.EvaluationResultIdentifier?.EvaluationResultQualifier?.ConfigRuleName)
    rules.set(name, [...(rules.get(name) ?? []), evaluation])
  }
  return rules
}

function worst(evaluations: EvaluationResult[]): ComplianceType {
  const isBad = evaluations.some(({ ComplianceType }) => ComplianceType === 'NON_COMPLIANT')
  return isBad ? 'NON_COMPLIANT' : 'COMPLIANT'
}
