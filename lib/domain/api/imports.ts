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
    notAvailable: Count.describe('Checks that could not tell, such as manual ones'),
    older: Count.describe('Records older than what was known'),
    repeated: Count.describe('Records of things that the document told of before'),
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
    .describe('What a complete report did not close although it lacks it, and why'),
  waits: z
    .strictObject({ code: z.enum(waitReasons), reason: z.string(), retryAt: Instant.nullable() })
    .nullable()
    .describe('Why the import does not go on now. It is tried again by itself'),
  confirmsId: z.int().nullable().describe('The import whose closings this one confirms'),
  retriesId: z.int().nullable().describe('The failed import whose report this one reads again'),
  retriedById: z.int().nullable().describe('The import that reads the report of this one again'),
  observedAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
})

export const ApiQueued = z.strictObject({ id: z.int() })
