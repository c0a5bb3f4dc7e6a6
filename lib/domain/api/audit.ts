import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Instant } from './view'

/** Kinds of actors in the audit log; `anonymous` could not prove an identity. */
const auditActors = ['member', 'token', 'job', 'anonymous'] as const

const EntryId = z.string().regex(/^\d{1,18}$/)

/** Query of GET /audit. */
export const AuditQuery = z.strictObject({
  after: EntryId.default('0').describe('`next` of the answer before; 0 begins with the first entry'),
  limit: z.int().min(1).max(1000).default(200),
})

export const ApiAuditEntry = z.strictObject({
  id: EntryId,
  at: Instant,
  actorKind: z.enum(auditActors),
  actorId: z.string(),
  actorName: z.string(),
  ip: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  accountId: AccountId.nullable(),
  detail: z
    .record(z.string(), z.unknown())
    .describe(
      'Changes of findings have `changeset`, a filter of GET /findings, `changed`, and `changes` with former and new values and their numbers',
    ),
})

/** Entries of the audit log, oldest first. An empty list means that there is none yet. */
export const ApiAudit = z.strictObject({ entries: z.array(ApiAuditEntry), next: EntryId })
