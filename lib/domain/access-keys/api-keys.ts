import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Instant } from '../api/view'
import { TeamId } from '../people/team'
import { pipelineSystems } from '../trust/issuers'
import { keyMarks, keyStates } from './filter'
import { keyUses } from './pipeline'

const System = z.enum(pipelineSystems)

export const ApiAccessKey = z.strictObject({
  account: AccountId,
  id: z.string().describe('The access key ID. Secrets are never read'),
  user: z.strictObject({ name: z.string(), arn: z.string(), tags: z.record(z.string(), z.string()) }),
  team: TeamId.describe('The team that owns the account'),
  state: z.enum(keyStates).describe('`inactive`: switched off; `gone`: deleted'),
  createdAt: Instant.nullable(),
  lastUsed: z
    .strictObject({ at: Instant, service: z.string().nullable(), region: z.string().nullable() })
    .nullable()
    .describe('Null for a key that was never used'),
  use: z.enum(keyUses).describe('Whether a pipeline uses it: what a person decided, else by its score'),
  score: z.int().describe('Points of the rules: from 60 a pipeline, from 40 probably'),
  mark: z.enum(keyMarks).nullable().describe('What a person decided'),
  system: System.nullable().describe('The CI system that the user is named after'),
  trusts: z.array(System).describe('CI systems whose OpenID Connect issuers the account trusts'),
  startedAt: Instant.nullable().describe('Since when Hinomi has seen it active'),
  endedAt: Instant.nullable().describe('When Hinomi first saw it switched off or deleted'),
})

export const ApiAccessKeys = z.strictObject({
  accessKeys: z.array(ApiAccessKey),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: z.int().describe('Of the whole list'),
})
