import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Instant } from '../api/view'
import { Environment, TeamId } from '../people/team'
import { entranceKinds } from './entrances/kinds'
import { rungs } from './ladder'
import { nextSteps } from './next-step'

const Requests = z.number().nullable()

export const ApiEntrance = z.strictObject({
  id: z.string(),
  account: z.strictObject({
    id: AccountId,
    name: z.string(),
    environment: Environment.nullable(),
    ownerTeam: TeamId,
  }),
  kind: z.enum(entranceKinds),
  region: z.string().describe('`global` for CloudFront'),
  arn: z.string(),
  name: z.string(),
  address: z.string(),
  behind: z.string().nullable().describe('`cloudfront` or another vendor, where security groups let nothing else in'),
  rung: z
    .enum(rungs)
    .nullable()
    .describe('The place on the ladder, from `none` to `operated`; null where it is not known'),
  acl: z.strictObject({ id: z.string(), name: z.string() }).nullable().describe('The web ACL that protects it'),
  next: z
    .strictObject({
      step: z.enum(nextSteps),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .describe('What brings it to the next rung'),
  requests: Requests.describe('Requests in 30 days; null where no metric counts them'),
  allowed: Requests.describe(
    'Requests that its web ACL allowed in 30 days, together with everything else that it protects',
  ),
  counted: Requests.describe('Requests that rules of its web ACL counted in 30 days'),
  blocked: Requests.describe('Requests that its web ACL blocked in 30 days'),
  judgedAt: Instant,
})

export const ApiEntrances = z.strictObject({
  entrances: z.array(ApiEntrance),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: z.int().describe('Of the whole list'),
})
