import type { FeedId } from '../../../sources/definitions'

interface EventType {
  readonly source: string
  readonly types: readonly string[]
  readonly feed: FeedId
}

/** Events of findings by service. https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref.html */
export const eventTypes: readonly EventType[] = [
  {
    source: 'aws.securityhub',
    types: ['Security Hub Findings - Imported'],
    feed: 'security-hub',
  },
  { source: 'aws.securityhub', types: ['Findings Imported V2'], feed: 'security-hub-v2' },
  { source: 'aws.guardduty', types: ['GuardDuty Finding'], feed: 'guardduty' },
  { source: 'aws.inspector2', types: ['Inspector2 Finding'], feed: 'inspector' },
  {
    source: 'aws.access-analyzer',
    types: ['Access Analyzer Finding', 'Unused Access Finding for IAM entities'],
    feed: 'access-analyzer',
  },
  {
    source: 'aws.trustedadvisor',
    types: ['Trusted Advisor Check Item Refresh Notification'],
    feed: 'trusted-advisor',
  },
  { source: 'aws.config', types: ['Config Rules Compliance Change'], feed: 'config' },
]
