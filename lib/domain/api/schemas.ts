import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { AccountOrigin } from '../accounts/origin'
import { ApiAttachment } from '../attachments/view'
import { categories } from '../controls/categories'
import { frameworkIds } from '../controls/frameworks'
import { ApiException } from '../exceptions/api-exception'
import { absentReasons } from '../feeds/closing'
import { DueBy, EventActor, EventKind, TeamBy } from '../findings/event'
import { Facts } from '../findings/facts'
import { FindingId } from '../findings/filter'
import { resolvedReasons } from '../findings/lifecycle'
import { Severity } from '../findings/severity'
import { Status } from '../findings/status'
import { findingClasses, results, sourceIds, suppressionMeans } from '../imports/outcome'
import { Environment, TeamId } from '../people/team'
import { Clock } from '../policies/clock'
import { CountsBy } from '../policies/exploited'
import { VerdictKind } from '../threats/verdict'
import { accountScore } from './accounts/score'
import { accountUpdates } from './accounts/updates'
import { Count, Instant } from './view'

/**
 * Answers of the API as JSON. The types of queries and components derive from these (ViewOf); tests check every answer
 * against them.
 */
const Source = z.enum(sourceIds)
export const ApiPerson = z.strictObject({ id: z.uuid(), name: z.string(), email: z.string() })
export const ApiSeverityCounts = z.strictObject({
  critical: Count,
  high: Count,
  medium: Count,
  low: Count,
  informational: Count,
})

export const ApiFinding = z.strictObject({
  id: FindingId,
  accountId: AccountId,
  accountName: z.string(),
  environment: Environment.nullable(),
  class: z.enum(findingClasses),
  control: z.string(),
  title: z.string().describe('The title of the control in the language of the reader, else the one of the source'),
  sourceTitle: z.string().describe('The title as the source wrote it'),
  severity: Severity,
  countsAs: Severity.nullable().describe(
    'Of an exploited vulnerability: the severity by which it is due and ordered, if that is worse',
  ),
  countsBy: CountsBy.nullable().describe(
    'Why: CISA’s list of known exploited vulnerabilities, a known exploit, or the probability of exploitation',
  ),
  status: Status,
  region: z.string(),
  resourceId: z.string(),
  resourceType: z.string(),
  packageName: z
    .string()
    .describe(
      'The package with the vulnerability, or the part of the resource; empty if the finding is about the whole resource',
    ),
  team: TeamId,
  owner: ApiPerson.nullable(),
  dueAt: Instant.nullable(),
  respondBy: Instant.nullable().describe('By when somebody responds to a threat; null for other classes'),
  respondedAt: Instant.nullable().describe('When somebody first responded since it was opened'),
  verdict: z
    .strictObject({ kind: VerdictKind, text: z.string(), by: z.string(), at: Instant })
    .nullable()
    .describe('The verdict that closed a threat: what was found and done, by whom and when'),
  overdue: z.boolean().describe('Whether dueAt has passed, or respondBy without a response'),
  sources: z.array(Source),
  firstSeenAt: Instant.describe('First report here'),
  firstObservedAt: Instant.describe('Since when it exists, by the earliest of its sources'),
  reopenedCount: Count,
  unconfirmedSince: Instant.nullable().describe(
    'If every source that reports it is silent: when the last one reported',
  ),
})

const Sighting = z.strictObject({
  id: z.uuid(),
  source: Source,
  product: z.string(),
  nativeId: z.string(),
  result: z.enum(results),
  present: z.boolean(),
  severity: Severity,
  title: z.string(),
  firstObservedAt: Instant.nullable(),
  recordUpdatedAt: Instant.nullable(),
  observedAt: Instant,
  confirmedAt: Instant,
  absent: z
    .strictObject({ reason: z.enum(absentReasons), since: Instant, importId: z.int(), sender: z.string() })
    .nullable()
    .describe('The last complete report of the feed, if it lacked the sighting without closing the finding'),
  importId: z.int(),
  control: z.string().describe('The control under the name of the source'),
  ownRegion: z.string().nullable().describe('The Region that the source reports, if it is not that of the finding'),
  ownResourceId: z.string().nullable(),
  ownPackage: z.string().nullable().describe('The package, if the finding is about several'),
  suppression: z
    .strictObject({
      by: z.string(),
      at: Instant.nullable(),
      note: z.string(),
      means: z.enum(suppressionMeans).nullable().describe('A mute list, a suppression rule, or an excluded resource'),
    })
    .nullable()
    .describe('Who suppressed it in the source, if the source says so'),
})

const Event = z.strictObject({
  id: z.string(),
  at: Instant,
  actorKind: EventActor,
  actorName: z.string(),
  actorEmail: z.string().nullable().describe('Null if no member did it'),
  kind: EventKind,
  before: z.string().nullable(),
  after: z.string().nullable(),
  text: z.string().nullable(),
  changeset: z
    .guid()
    .nullable()
    .describe('The change of a person or token that it is part of; a filter of GET /findings'),
  undo: z.boolean().describe('Whether it undoes an earlier change'),
})

export const ApiFindingDetail = ApiFinding.extend({
  description: z.string(),
  remediationText: z.string(),
  remediationUrl: z.string(),
  facts: Facts.nullable().describe('What the source says beyond its texts, from the newest sighting'),
  knownExploit: z
    .strictObject({
      listed: z.strictObject({ added: z.iso.date(), due: z.iso.date(), ransomware: z.boolean() }).nullable(),
      released: z.iso.date(),
      outdated: z.boolean().describe('Whether the list is older than 30 days'),
    })
    .nullable()
    .describe('Of a vulnerability: its entry in the list of known exploited ones, which CISA released on that day'),
  elsewhere: z
    .strictObject({ findings: Count, accounts: Count })
    .nullable()
    .describe('Of a vulnerability: other open findings of it'),
  principalAccounts: z
    .array(z.strictObject({ id: AccountId, name: z.string() }))
    .describe('Of access: accounts of your organization among the principals'),
  otherResources: z.array(z.strictObject({ id: z.string(), type: z.string() })),
  openedAt: Instant,
  lastObservedAt: Instant.nullable().describe('When a report last contained it; null if no source reports it now'),
  resolvedAt: Instant.nullable(),
  resolvedReason: z.enum(resolvedReasons).nullable(),
  teamBy: TeamBy,
  dueBy: DueBy,
  countedFrom: z
    .strictObject({ at: Instant, by: Clock })
    .nullable()
    .describe('When the days of the due date started, if the policy set it: the first observation or the opening here'),
  category: z.enum(categories),
  severityBy: z
    .enum(['report', 'control', 'organization'])
    .describe('What decides the severity: the worst report, the table of controls, or the organization'),
  requirements: z
    .array(z.strictObject({ framework: z.enum(frameworkIds), ids: z.array(z.string()) }))
    .describe('Requirements of frameworks that the control proves'),
  sightings: z.array(Sighting),
  disagreeing: z.array(Source).describe('Sources that report passed while another still reports the problem'),
  merges: z
    .array(z.strictObject({ id: z.string(), names: z.array(z.string()), sources: z.array(Source), at: Instant }))
    .describe('Findings that became part of this one'),
  events: z.array(Event),
  exceptions: z.array(ApiException),
  attachments: z.array(ApiAttachment),
  may: z.strictObject({ triage: z.boolean(), except: z.boolean() }),
})

export const ApiFindings = z.strictObject({
  findings: z.array(ApiFinding),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: Count,
  totalExact: z.boolean().describe('False where more match than were counted'),
})

export const ApiAccount = z.strictObject({
  id: AccountId,
  name: z.string(),
  environment: Environment.nullable(),
  ownerTeam: TeamId,
  tags: z.record(z.string(), z.string()),
  origin: AccountOrigin,
  itScope: z.boolean().describe('Whether IT audits of the organization cover it'),
  open: ApiSeverityCounts,
  openTotal: Count,
  overdue: Count,
  unowned: Count,
  score: z.number().min(0).max(100).nullable().describe('Null where no check reported'),
  lastHeardAt: Instant.nullable(),
  blind: z.number().min(0).max(1).nullable().describe('Share of the weighted checks whose sources are all silent'),
  silent: z.boolean().describe('Whether every source that ever spoke of it is silent'),
  closedAt: Instant.nullable().describe('When it was removed from the organization'),
  closedReason: z.string(),
})
export const ApiAccounts = z.strictObject({
  accounts: z.array(ApiAccount),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: z.int().describe('Of the whole list'),
})

const Tally = z.strictObject({ key: z.string(), label: z.string(), severity: Severity, count: Count })

export const ApiAccountDetail = ApiAccount.extend({
  feeds: z.array(
    z.strictObject({
      source: Source,
      product: z.string(),
      lastAt: Instant,
      lastCompleteAt: Instant.nullable(),
      lastImportId: z.int(),
      silentAfter: Instant,
      silent: z.boolean(),
    }),
  ),
  trend: z.array(
    ApiSeverityCounts.extend({
      day: z.iso.date().describe('In the organisation’s zone'),
      score: z.number().nullable(),
      method: z.int().describe('How the score was computed: scores of two methods are not comparable'),
      opened: Count.describe('Opened, or opened again, on that day'),
      closed: Count,
    }),
  ),
  byControl: z.array(Tally),
  byResourceType: z.array(Tally),
  ...accountScore,
  ...accountUpdates,
  passed: Count,
  failed: Count,
  notAvailable: Count,
  oldestOverdueDays: Count.nullable(),
  hoursToAcknowledge: z.number().nullable().describe('Mean of the last 30 days'),
  hoursToResolve: z.number().nullable().describe('Mean of the last 30 days'),
})

/** RFC 9457. */
export const ApiProblem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('A sentence in the language of Accept-Language'),
  code: z.string(),
  field: z.string().optional().describe('The parameter or field that is wrong'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  instance: z.string().optional(),
})
