import type { Severity } from '../../domain/findings/severity'
import { resourceNameOf } from '../../domain/identity/resource-name'
import type { Outcome, Result } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { firstText, isRecord } from '../values/text'
import { readTime } from '../values/time'
import { factsOf } from './facts'
import { AccessFinding } from './schema'

/** Native findings of IAM Access Analyzer: both versions of its API, and its EventBridge events. */
export const accessAnalyzer: Source<AccessFinding> = {
  recognises: record => findingIn(record) !== null,
  parse: record => parseWith(AccessFinding, findingIn(record) ?? record),
  normalise,
}

/** The finding itself: bare, in an event, or in an answer of GetFinding. Null if there is none. */
function findingIn(record: Record<string, unknown>): Record<string, unknown> | null {
  const event = record.source === 'aws.access-analyzer' && isRecord(record.detail) ? record.detail : null
  const found = event ?? (isRecord(record.finding) ? record.finding : record)
  const marks = ['resourceOwnerAccount', 'analyzedAt', 'findingType']
  return 'resourceType' in found && 'status' in found && marks.some(mark => mark in found) ? found : null
}

function normalise(finding: AccessFinding, { now }: ReadingContext): Outcome[] {
  const accountId = accountOf(finding)
  // For a resource that could not be analyzed, only the finding may name it.
  const resource = identify(firstText(finding.resource, finding.id), 'resource', accountId)
  const type = prose(finding.resourceType, 'name')
  const kind = kindOf(finding)
  const time = (field: string, value: unknown) => readTime(value, field, now, accountId)
  return [
    {
      source: 'access-analyzer',
      product: 'IAM Access Analyzer',
      nativeId: identify(finding.id, 'id', accountId),
      class: 'posture',
      accountId,
      region: firstRegion(finding.region, arnParts(resource)?.region),
      control: kind.control,
      result: resultOf(finding, accountId),
      severity: kind.severity,
      title: prose(`${kind.title}: ${finding.resource ? resourceNameOf(resource) : type || resource}`, 'title'),
      description: prose(accessOf(finding), 'text'),
      remediationText: '',
      remediationUrl: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html',
      resource: { id: resource, type },
      otherResources: [],
      packageName: '',
      facts: factsOf(finding, isPublic(finding)),
      firstObservedAt: time('createdAt', finding.createdAt),
      updatedAt: time('updatedAt', finding.updatedAt) ?? time('analyzedAt', finding.analyzedAt),
    },
  ]
}

function accountOf({ resourceOwnerAccount, accountId, resource }: AccessFinding): string {
  for (const account of [resourceOwnerAccount, accountId]) {
    if (account !== undefined && account !== null && account !== '') return requireAccount(account)
  }
  const named = arnParts(resource ?? '')?.account
  if (named) return named
  throw new RejectedRecord('missing_field', { field: 'resourceOwnerAccount' })
}

/**
 * Access Analyzer has no severities. Public access is the most severe, external access less, unused access least. The
 * control does not name who has access, so that all external access to a resource is one problem.
 */
function kindOf(finding: AccessFinding): { control: string; title: string; severity: Severity } {
  const type = finding.findingType ?? 'ExternalAccess'
  if (isPublic(finding)) return { control: 'access-analyzer/ExternalAccess', title: 'Public access', severity: 'high' }
  if (type === 'ExternalAccess')
    return { control: 'access-analyzer/ExternalAccess', title: 'External access', severity: 'medium' }
  if (type === 'InternalAccess')
    return { control: 'access-analyzer/InternalAccess', title: 'Internal access', severity: 'low' }
  const words = prose(type, 'name')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/^Unused IAM/, 'Unused IAM ')
  return { control: `access-analyzer/${prose(type, 'name')}`, title: words, severity: 'low' }
}

function isPublic({ isPublic: flag, findingDetails }: AccessFinding): boolean {
  return flag === true || (findingDetails ?? []).some(({ externalAccessDetails: access }) => access?.isPublic === true)
}

/**
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html: ACTIVE, ARCHIVED,
 * RESOLVED.
 */
const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['ACTIVE', 'failed'],
  ['ARCHIVED', 'archived'],
  ['RESOLVED', 'passed'],
])

function resultOf({ status, isDeleted, error }: AccessFinding, accountId: string): Result {
  const result = RESULTS.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  if (isDeleted) return 'passed'
  // The analyzer could not check: access was neither found nor ruled out.
  return error && result === 'failed' ? 'not_available' : result
}

/** The principals and actions of a finding. */
function accessOf(finding: AccessFinding): string {
  const grants = [finding, ...(finding.findingDetails ?? []).map(detail => detail.externalAccessDetails ?? {})]
  const lines = grants.flatMap(({ principal, action, condition }) => [
    line('Principal', principal),
    line('Action', action),
    line('Condition', condition),
  ])
  return [...new Set(lines)].filter(Boolean).join('\n')
}

function line(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '{}' || text === '[]' ? '' : `${name}: ${text}`
}
