import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { ApiFinding, ApiPerson } from '../api/schemas'
import { Count, Instant } from '../api/view'
import { FindingId } from '../findings/filter'
import { sourceIds } from '../imports/outcome'
import { Environment } from '../people/team'
import { atMost } from '../text/plain-text'

/** Query of GET /accounts/{id}/resource. */
export const ResourceQuery = z.strictObject({
  resource: atMost(z.string().min(1), 2_000).describe('ARN or other id of the resource, as its findings have it'),
  region: atMost(z.string().min(1), 100)
    .nullable()
    .default(null)
    .describe('For ids that name different resources in different Regions'),
})
export type ResourceQuery = z.infer<typeof ResourceQuery>

/** A resource with its findings. */
export const ApiResource = z.strictObject({
  accountId: AccountId,
  accountName: z.string(),
  environment: Environment.nullable(),
  resourceId: z.string(),
  resourceType: z.string(),
  regions: z.array(z.string()),
  consoleUrl: z.url().nullable().describe('Its page in the AWS console; null where none is known'),
  tags: z
    .strictObject({ source: z.enum(sourceIds), at: Instant, values: z.record(z.string(), z.string()) })
    .nullable()
    .describe('Tags in the newest report that has some'),
  ownerTag: z.strictObject({ key: z.string(), value: z.string() }).nullable().describe('A tag that names an owner'),
  owners: z.array(z.strictObject({ owner: ApiPerson, findings: Count })).describe('Owners of its open findings'),
  exposure: z.strictObject({
    public: z.enum(['yes', 'no', 'unknown']),
    by: z.array(FindingId).describe('The findings that say it'),
  }),
  open: Count,
  total: Count,
  findings: z.array(ApiFinding).describe('The open ones first, then the worst; at most 200'),
})
