import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { FindingState } from '../../domain/findings/lifecycle'
import type { Status } from '../../domain/findings/status'
import type { FindingClass } from '../../domain/imports/outcome'
import type { TeamId } from '../../domain/people/team'
import { deadlineOf } from '../../domain/policies/deadline'
import type { Counted } from '../../domain/policies/exploited'
import { copyRows } from '../../sql/copy'
import { copyEvents, type EventLine } from '../../sql/findings/events'
import { type FindingKey, importActor } from './settled-findings'

export interface NewFinding extends FindingKey, Counted {
  class: FindingClass
  control: string
  region: string
  resourceId: string
  resourceName: string
  packageName: string
  state: FindingState
  team: TeamId
  ownerId: string | null
  dueAt: Date | null
  respondBy: Date | null
  overdue: boolean
  firstSeenAt: Date
  beganAt: Date | null
  resolvedAt: Date | null
  importId: number
  /** The name of the import in histories. */
  importLabel: string
  exceptionId: number | null
  beforeException: Status | null
}

const NEW_COLUMNS =
  'account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity, status, team, due_at, overdue, sources, first_seen_at, first_observed_at, opened_at, updated_at, resolved_at, resolved_reason, first_import_id, changed_import_id, exception_id, before_exception, owner_id, exploit, epss, fix, terms, search_keys, respond_by, counts_as, counts_by, kev, began_at'

/** Adds new findings, with the first lines of their histories. The caller has locked their accounts. */
export async function addFindings(_job: JobAccess, client: PoolClient, findings: readonly NewFinding[]): Promise<void> {
  await copyRows(client, `finding (${NEW_COLUMNS})`, findings, finding => [
    finding.accountId,
    finding.id,
    finding.class,
    finding.control,
    finding.region,
    finding.resourceId,
    finding.resourceName,
    finding.state.resourceType,
    finding.packageName,
    finding.state.title,
    finding.state.severity,
    finding.state.status,
    finding.team,
    finding.dueAt,
    finding.overdue,
    finding.state.sources,
    finding.firstSeenAt,
    finding.state.firstObservedAt,
    finding.firstSeenAt,
    finding.firstSeenAt,
    finding.resolvedAt,
    finding.state.resolvedReason,
    finding.importId,
    finding.importId,
    finding.exceptionId,
    finding.beforeException,
    finding.ownerId,
    finding.state.urgency.exploit,
    finding.state.urgency.epss,
    finding.state.urgency.fix,
    finding.state.terms,
    finding.state.searchKeys,
    finding.respondBy,
    finding.countsAs,
    finding.countsBy,
    finding.kev,
    finding.beganAt,
  ])
  const [first] = findings
  if (!first) return
  const by = { actor: importActor({ importId: first.importId, label: first.importLabel }), at: now() }
  await copyEvents(client, by, findings.flatMap(firstEvents))
}

function firstEvents({ accountId, id, overdue, dueAt, respondBy }: NewFinding): EventLine[] {
  const created: EventLine = { accountId, id, kind: 'created', before: null, after: null }
  if (!overdue) return [created]
  const deadline = deadlineOf({ dueAt, respondBy, respondedAt: null })
  const unanswered = respondBy !== null && respondBy === deadline ? { text: 'respond' } : {}
  return [
    created,
    { accountId, id, kind: 'overdue', before: null, after: deadline?.toISOString() ?? null, ...unanswered },
  ]
}
