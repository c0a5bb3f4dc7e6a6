import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Count, Instant } from '../api/view'
import { ApiAttachment } from '../attachments/view'
import { FindingId } from '../findings/filter'
import { Severity } from '../findings/severity'
import { ExceptionCondition, ExceptionMatch, endReasons, exceptionKinds, exceptionStates } from './exception'

export const ApiException = z.strictObject({
  id: z.int(),
  kind: z.enum(exceptionKinds),
  state: z.enum(exceptionStates),
  finding: z
    .strictObject({
      id: FindingId,
      title: z.string(),
      control: z.string(),
      severity: Severity.nullable(),
      accountId: AccountId,
      accountName: z.string(),
    })
    .nullable()
    .describe('Null for an exception by rule'),
  match: ExceptionMatch.nullable(),
  condition: ExceptionCondition,
  hidden: z.boolean().describe('Whether its texts are left out, because it names accounts outside the reader’s own'),
  reason: z.string(),
  expiresAt: Instant,
  requestedName: z.string(),
  requestedEmail: z.string().nullable().describe('Null if no member requested it'),
  requestedAt: Instant,
  decidedName: z.string().nullable(),
  decidedEmail: z.string().nullable(),
  decidedAt: Instant.nullable(),
  note: z.string(),
  endedAt: Instant.nullable(),
  endedReason: z.enum(endReasons).nullable(),
  endedName: z.string().nullable(),
  endNote: z.string(),
  pending: z.boolean().describe('Whether findings are still being brought in line with it'),
  controls: z.string().describe('Compensating controls: what reduces the risk meanwhile'),
  ticket: z.string().nullable().describe('A number or a URL of another system'),
  evidence: z.array(ApiAttachment),
  reviewAt: Instant.nullable().describe('When somebody has to check whether it still holds'),
  reviewIsOverdue: z.boolean(),
  endsUnreviewed: Instant.nullable().describe('When it ends if that review is not answered'),
  reviews: z.array(z.strictObject({ at: Instant, dueAt: Instant, name: z.string(), note: z.string() })),
  coversUpTo: Severity.nullable().describe('The worst severity that it covers; null before the decision'),
  covers: Count.describe('Findings that it covers now'),
  may: z.strictObject({ decide: z.boolean(), review: z.boolean(), end: z.boolean() }),
})

export const ApiExceptions = z.strictObject({
  exceptions: z.array(ApiException),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: z.int().describe('Of the whole list'),
})
/** The number of an exception request. */
export const ApiAsked = z.strictObject({ id: z.int() })
