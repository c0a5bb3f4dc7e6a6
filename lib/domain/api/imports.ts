import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Coverage, heldBackReasons, importStates, waitReasons } from '../imports/import'
import { sourceIds } from '../imports/outcome'
import { rejectCodes } from '../imports/reject'
import { Count, Instant } from './view'

const Source = z.enum(sourceIds)
const Refusal = z.strictObject({ code: z.enum(rejectCodes), reason: z.string() })

export const ApiImport = z.strictObject({
  id: z.int(),
  source: Source.nullable(),
  sources: z.array(Source),
  coverage: Coverage,
  state: z.enum(importStates),
  accounts: z.array(AccountId),
  counts: z.strictObject({
    read: Count,
    accepted: Count,
    rejected: Count,
    created: Count,
    updated: Count,
    unchanged: Count,
    reopened: Count,
    resolved: Count,
    passed: Count,
    notAvailable: Count.describe('Checks without a result, such as manual ones'),
    older: Count.describe('Records older than the stored state'),
    repeated: Count.describe('Records of sightings that had an earlier record in the document'),
    clockAhead: Count.describe('Records dated after their arrival; they count as of the arrival'),
    withheld: Count.describe(
      'Records that would resolve or cover findings, lower their severity or replace their text; the sender lacks imports:close',
    ),
  }),
  rejects: z.array(Refusal.extend({ index: Count })).describe('The first 1,000'),
  error: Refusal.nullable(),
  heldBack: z
    .array(
      z.strictObject({
        accountId: AccountId.nullable(),
        source: Source.nullable(),
        product: z.string().nullable(),
        reason: z.enum(heldBackReasons),
        findings: Count,
        checks: Count,
        services: Count,
        places: z.array(z.strictObject({ service: z.string(), region: z.string(), findings: Count })),
      }),
    )
    .describe('Findings that are missing from a complete report and were not closed, and why'),
  waits: z
    .strictObject({ code: z.enum(waitReasons), reason: z.string(), retryAt: Instant.nullable() })
    .nullable()
    .describe('Why the import does not continue now. It is retried automatically'),
  confirmsId: z.int().nullable().describe('The import whose closings this one confirms'),
  retriesId: z.int().nullable().describe('The failed import whose report this one retries'),
  retriedById: z.int().nullable().describe('The import that retries the report of this one'),
  observedAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
})

export const ApiQueued = z.strictObject({ id: z.int() })
