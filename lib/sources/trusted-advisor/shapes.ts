import { isRecord } from '../values/text'

/**
 * A check result or its summary:
 * https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckResult.html
 */
export function isResult(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && 'checkId' in value && ('flaggedResources' in value || 'resourcesSummary' in value)
}

/** https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckDescription.html */
export function isDescription(record: Record<string, unknown>): boolean {
  return (
    typeof record.id === 'string' &&
    typeof record.category === 'string' &&
    Array.isArray(record.metadata) &&
    'name' in record
  )
}

/**
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationSummary.html
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_OrganizationRecommendationSummary.html
 */
export function isRecommendation(value: unknown): value is Record<string, unknown> {
  return (
    isRecord(value) &&
    typeof value.arn === 'string' &&
    /:trustedadvisor:.*:(organization-)?recommendation\//.test(value.arn)
  )
}

/**
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationResourceSummary.html
 * https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_OrganizationRecommendationResourceSummary.html
 */
export function isResource(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && typeof value.recommendationArn === 'string' && 'awsResourceId' in value
}

/** Whether a resource or a check needs attention. */
export function isFlagged(status: unknown): boolean {
  return status !== 'ok'
}
