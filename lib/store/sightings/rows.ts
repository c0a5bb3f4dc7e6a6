import 'server-only'
import { controlSeverity } from '../../domain/controls/severities'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { type Severity, severityRank } from '../../domain/findings/severity'
import { isImage } from '../../domain/identity/fix-target'
import { partOf, unprovenHash } from '../../domain/identity/identity'
import type { IncomingOutcome } from './sightings'

/** The columns that an import writes, in the order of toSightingRow. */
export const COLUMNS = [
  'account_id',
  'id',
  'finding_id',
  'class',
  'source',
  'product',
  'control',
  'native_id',
  'result',
  'present',
  'severity',
  'title',
  'description',
  'remediation_text',
  'remediation_url',
  'resource_type',
  'other_resources',
  'content_hash',
  'record_hash',
  'first_observed_at',
  'record_updated_at',
  'observed_at',
  'import_id',
  'raw_offset',
  'raw_length',
  'region',
  'resource_id',
  'tags',
  'own_control',
  'package_name',
  'facts',
  'by_record',
  'pair',
  'local_time',
  'unproven',
  'suppression',
] as const

/** The fields of a run that its rows depend on. */
export interface WritingRun {
  importId: number
  observedAt: Date
  mayClose: boolean
}

export interface SightingWrite {
  item: IncomingOutcome
  present: boolean
  /** When the stored sighting that it replaces passed. */
  passedAt?: Date
}

/**
 * The package of the sighting if its finding covers more: a package of an image, or a part that a shared control does
 * not know.
 */
function ownPackage({ outcome, problem }: IncomingOutcome): string | null {
  if (outcome.packageName === '' || outcome.class === 'threat') return null
  if (outcome.class === 'vulnerability') return isImage(problem.resourceId) ? outcome.packageName : null
  return partOf(outcome) === outcome.packageName ? null : outcome.packageName
}

/**
 * The severity of a row. Some feeds report every passed check as informational: it then has the severity of its control,
 * so that it weighs in the score as much as if it failed, or `unrated` for a control that is not in the table.
 */
function severityOf({ outcome, problem }: IncomingOutcome, unrated: Severity): Severity {
  const { result, severity, source } = outcome
  if (result !== 'passed' || severity !== 'informational') return severity
  return controlSeverity(problem.control) ?? (feedDefinition(source)?.passesUnrated ? unrated : severity)
}

/** A statement as its row in the table. */
export function toSightingRow({ item, present }: SightingWrite, run: WritingRun, unrated: Severity) {
  const { outcome, problem } = item
  // A passed check needs no text, and passed checks are most of a report.
  const failed = outcome.result !== 'passed'
  return [
    outcome.accountId,
    item.sightingId,
    item.findingId,
    outcome.class,
    outcome.source,
    outcome.product,
    problem.control,
    outcome.nativeId,
    outcome.result,
    present,
    severityRank(severityOf(item, unrated)),
    outcome.title,
    failed ? outcome.description : '',
    failed ? outcome.remediationText : '',
    failed ? outcome.remediationUrl : '',
    outcome.resource.type,
    outcome.otherResources.length > 0 ? JSON.stringify(outcome.otherResources) : null,
    run.mayClose ? item.contentHash : unprovenHash(item.contentHash),
    item.recordHash,
    outcome.firstObservedAt,
    outcome.updatedAt,
    run.observedAt,
    run.importId,
    item.rawOffset,
    item.rawLength,
    outcome.region,
    outcome.resource.id === problem.resourceId ? null : outcome.resource.id,
    failed && outcome.tags && run.mayClose ? JSON.stringify(outcome.tags) : null,
    outcome.control === problem.control ? null : outcome.control,
    ownPackage(item),
    failed && outcome.facts ? JSON.stringify(outcome.facts) : null,
    outcome.byRecord ?? false,
    item.place.hash,
    outcome.localTime ?? null,
    !run.mayClose,
    outcome.suppression ? JSON.stringify(outcome.suppression) : null,
  ] as const
}
