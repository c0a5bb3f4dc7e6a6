import { z } from 'zod'

/**
 * The fields of an IAM Access Analyzer finding that Hinomi uses: ListFindings, ListFindingsV2, GetFindingV2 and
 * EventBridge. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummary.html
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html
 */
const text = z.string().nullish()
const anything = z.unknown().optional()
const Access = {
  isPublic: z.boolean().nullish(),
  principal: anything,
  action: anything,
  condition: anything,
  sources: anything,
}

export const AccessFinding = z.object({
  id: z.string().min(1),
  resource: text,
  resourceType: text,
  resourceOwnerAccount: anything,
  accountId: anything,
  region: text,
  status: z.string().min(1),
  isDeleted: z.boolean().nullish(),
  error: anything,
  findingType: text,
  createdAt: anything,
  analyzedAt: anything,
  updatedAt: anything,
  findingDetails: z.array(z.looseObject({ externalAccessDetails: z.object(Access).nullish() })).nullish(),
  ...Access,
})
export type AccessFinding = z.infer<typeof AccessFinding>
