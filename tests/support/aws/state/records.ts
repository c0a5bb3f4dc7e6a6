import type { AnalyzerSummary, FindingSummaryV2, GetFindingV2Response } from '@aws-sdk/client-accessanalyzer'
import type { App } from '@aws-sdk/client-amplify'
import type { Service } from '@aws-sdk/client-apprunner'
import type { PublicKey, Event as TrailEvent } from '@aws-sdk/client-cloudtrail'
import type { EvaluationResult } from '@aws-sdk/client-config-service'
import type { VerifiedAccessEndpoint, VerifiedAccessInstance } from '@aws-sdk/client-ec2'
import type { PolicySummary } from '@aws-sdk/client-fms'
import type { GetFilterResponse, Finding as GuardDutyFinding } from '@aws-sdk/client-guardduty'
import type { AccessKeyMetadata } from '@aws-sdk/client-iam'
import type { CoveredResource, Finding as InspectorFinding } from '@aws-sdk/client-inspector2'
import type { FunctionUrlConfig } from '@aws-sdk/client-lambda'
import type { Finding as MacieFinding } from '@aws-sdk/client-macie2'
import type { Bucket } from '@aws-sdk/client-s3'
import type { AwsSecurityFinding, FindingAggregator, StandardsSubscription } from '@aws-sdk/client-securityhub'
import type { TrustedAdvisorCheckDescription, TrustedAdvisorCheckResult } from '@aws-sdk/client-support'
import type { CheckSummary, RecommendationResourceSummary, RecommendationSummary } from '@aws-sdk/client-trustedadvisor'
import type { WebACLSummary } from '@aws-sdk/client-waf'

/** Points of one metric of CloudWatch. */
export interface MetricPoints {
  namespace: string
  metric: string
  dimensions: Record<string, string>
  points: { at: Date; sum: number }[]
}

/** An access key with an age and a use of its own choice: those that moto makes are new and unused. */
export interface EmulatedKey extends AccessKeyMetadata {
  lastUsed?: { LastUsedDate: Date; ServiceName: string; Region: string }
}

/** A service that a member administers for the organization. */
export interface Delegation {
  AccountId: string
  ServicePrincipal: string
  DelegationEnabledDate: Date
}

/** What tests put into the emulator, as the services' own types. */
export interface Records {
  'accessanalyzer.analyzer': AnalyzerSummary
  'accessanalyzer.finding': FindingSummaryV2 & Pick<GetFindingV2Response, 'findingDetails'>
  'amplify.app': App
  'apprunner.service': Service
  'cloudtrail.event': TrailEvent
  'cloudtrail.public-key': PublicKey
  'cloudwatch.metric': MetricPoints
  'config.evaluation': EvaluationResult
  'ec2.verified-access-endpoint': VerifiedAccessEndpoint
  'ec2.verified-access-instance': VerifiedAccessInstance
  'fms.policy': PolicySummary
  'guardduty.filter': Pick<GetFilterResponse, 'Name' | 'Action' | 'FindingCriteria'>
  'guardduty.finding': GuardDutyFinding
  'iam.access-key': EmulatedKey
  'inspector2.coverage': CoveredResource
  'inspector2.finding': InspectorFinding
  'lambda.function-url': FunctionUrlConfig
  'macie2.finding': MacieFinding
  'organizations.delegation': Delegation
  's3.bucket': Bucket
  'securityhub.aggregator': FindingAggregator
  'securityhub.finding': AwsSecurityFinding
  /** A finding in OCSF. */
  'securityhub.finding-v2': { metadata: { uid: string } } & Record<string, unknown>
  'securityhub.standard': StandardsSubscription
  'support.check': TrustedAdvisorCheckDescription
  'support.result': TrustedAdvisorCheckResult
  'trustedadvisor.check': CheckSummary
  'trustedadvisor.recommendation': RecommendationSummary
  'trustedadvisor.resource': RecommendationResourceSummary
  'waf.web-acl': WebACLSummary
  'wafv2.association': { ResourceArn: string; WebACLArn: string }
}
export type RecordKind = keyof Records

/** What tells one record of a kind from another. */
export const KEYS: { [K in RecordKind]: (record: Records[K]) => unknown } = {
  'accessanalyzer.analyzer': record => record.arn,
  'accessanalyzer.finding': record => record.id,
  'amplify.app': record => record.appId,
  'apprunner.service': record => record.ServiceArn,
  'cloudtrail.event': record => record.EventId,
  'cloudtrail.public-key': record => record.Fingerprint,
  'cloudwatch.metric': ({ namespace, metric, dimensions }) => JSON.stringify([namespace, metric, dimensions]),
  'config.evaluation': ({ EvaluationResultIdentifier }) => JSON.stringify(EvaluationResultIdentifier),
  'ec2.verified-access-endpoint': record => record.VerifiedAccessEndpointId,
  'ec2.verified-access-instance': record => record.VerifiedAccessInstanceId,
  'fms.policy': record => record.PolicyId,
  'guardduty.filter': record => record.Name,
  'guardduty.finding': record => record.Id,
  'iam.access-key': record => record.AccessKeyId,
  'inspector2.coverage': record => record.resourceId,
  'inspector2.finding': record => record.findingArn,
  'lambda.function-url': record => record.FunctionUrl,
  'macie2.finding': record => record.id,
  'organizations.delegation': ({ AccountId, ServicePrincipal }) => `${AccountId} ${ServicePrincipal}`,
  's3.bucket': record => record.Name,
  'securityhub.aggregator': record => record.FindingAggregatorArn,
  'securityhub.finding': record => record.Id,
  'securityhub.finding-v2': record => record.metadata.uid,
  'securityhub.standard': record => record.StandardsSubscriptionArn,
  'support.check': record => record.id,
  'support.result': record => record.checkId,
  'trustedadvisor.check': record => record.id,
  'trustedadvisor.recommendation': record => record.arn,
  'trustedadvisor.resource': record => record.arn,
  'waf.web-acl': record => record.WebACLId,
  'wafv2.association': record => record.ResourceArn,
}
