import { z } from 'zod'
import type { Outcome, Result } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { formerNames } from '../values/former-names'
import { firstText, isRecord } from '../values/text'
import { readTime } from '../values/time'

const text = z.string().nullish()
const anything = z.unknown().optional()

/**
 * One evaluation of a rule of AWS Config:
 * https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html
 * https://docs.aws.amazon.com/config/latest/APIReference/API_AggregateEvaluationResult.html (names account and Region)
 */
const Evaluation = z.object({
  EvaluationResultIdentifier: z.object({
    EvaluationResultQualifier: z.object({
      ConfigRuleName: z.string().min(1),
      ResourceType: text,
      ResourceId: z.string().min(1),
    }),
  }),
  ComplianceType: z.string().min(1),
  Annotation: text,
  ResultRecordedTime: anything,
  AccountId: anything,
  AwsRegion: text,
})
type Evaluation = z.infer<typeof Evaluation>

/** Compliance details of AWS Config: of a rule or an aggregator, and its EventBridge events. */
export const config: Source<Evaluation> = {
  recognises: record => 'EvaluationResultIdentifier' in record || isEvent(record),
  parse: record =>
    parseWith(Evaluation, isEvent(record) && isRecord(record.detail) ? fromEvent(record.detail) : record),
  normalise,
  // For answers of the Region's own API.
  leavesOutRegion: record => 'EvaluationResultIdentifier' in record && !('AwsRegion' in record),
}

function isEvent(record: Record<string, unknown>): boolean {
  return record['detail-type'] === 'Config Rules Compliance Change' && isRecord(record.detail)
}

/** https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html */
function fromEvent(detail: Record<string, unknown>): Record<string, unknown> {
  const result = isRecord(detail.newEvaluationResult) ? detail.newEvaluationResult : {}
  return {
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: {
        ConfigRuleName: detail.configRuleName,
        ResourceType: detail.resourceType,
        ResourceId: detail.resourceId,
      },
    },
    ComplianceType: result.complianceType,
    Annotation: result.annotation,
    ResultRecordedTime: result.resultRecordedTime,
    AccountId: detail.awsAccountId,
    AwsRegion: detail.awsRegion,
  }
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['NON_COMPLIANT', 'failed'],
  ['COMPLIANT', 'passed'],
  ['NOT_APPLICABLE', 'not_available'],
  ['INSUFFICIENT_DATA', 'not_available'],
])

function normalise(evaluation: Evaluation, { now, account, region }: ReadingContext): Outcome[] {
  const {
    ConfigRuleName: rule,
    ResourceType: type,
    ResourceId: id,
  } = evaluation.EvaluationResultIdentifier.EvaluationResultQualifier
  const named = evaluation.AccountId ?? account
  if (named === undefined || named === '') throw new RejectedRecord('no_account')
  const accountId = requireAccount(named)
  const ofArn = arnParts(id)?.region
  // Security Hub creates these rules for its own controls, and reports their results itself.
  if (rule.startsWith('securityhub-')) throw new RejectedRecord('echo', { of: 'Security Hub' }, accountId)
  const result = RESULTS.get(evaluation.ComplianceType)
  if (!result) throw new RejectedRecord('bad_field', { field: 'ComplianceType' }, accountId)
  const control = identify(rule, 'ConfigRuleName', accountId)
  const resource = { id: identify(id, 'ResourceId', accountId), type: prose(type, 'name') }
  const place = { region: firstRegion(ofArn, evaluation.AwsRegion, region), resource }
  return [
    {
      source: 'config',
      product: 'Config',
      nativeId: identify(`${rule}/${firstText(type)}/${id}`, 'ResourceId', accountId),
      class: 'posture',
      accountId,
      ...place,
      // Earlier versions used the Region of the evaluation before the one in the resource's ARN.
      ...formerNames({ control, ...place }, { region: firstRegion(evaluation.AwsRegion, ofArn) }),
      control,
      result,
      // Config has no severities.
      severity: 'medium',
      title: prose(rule, 'title'),
      description: prose(evaluation.Annotation, 'text'),
      remediationText: '',
      remediationUrl: '',
      otherResources: [],
      packageName: '',
      firstObservedAt: null,
      updatedAt: readTime(evaluation.ResultRecordedTime, 'ResultRecordedTime', now, accountId),
    },
  ]
}
