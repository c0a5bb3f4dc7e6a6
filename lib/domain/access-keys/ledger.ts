import type { CollectorId } from '../collection/collectors'
import type { PipelineSystem } from '../trust/issuers'
import {
  documentsOf,
  GROUP_TYPE,
  type IamKey,
  POLICY_TYPE,
  type StoredResource,
  toGroup,
  toUser,
  USER_TYPE,
} from './iam-resources'
import { judgeKey, type PipelineJudgement } from './pipeline'

/** The collector of these resources. */
export const LEDGER_COLLECTOR = 'iam' satisfies CollectorId

/** Types of the resources that the ledger of an account is made from. */
export const ledgerTypes = [USER_TYPE, GROUP_TYPE, POLICY_TYPE] as const

/** One access key of an account, as a report has it. */
export interface LedgerKey extends IamKey, PipelineJudgement {
  userArn: string
  userName: string
  tags: Readonly<Record<string, string>>
  system: PipelineSystem | null
}

/**
 * The access keys of an account by its resources. Root users' keys have no id that AWS tells: the control IAM.4 finds
 * them.
 */
export function ledgerOf(resources: readonly (StoredResource & { type: string })[]): LedgerKey[] {
  const of = (type: string) => resources.filter(resource => resource.type === type)
  const groups = of(GROUP_TYPE).map(toGroup)
  const documents = documentsOf(of(POLICY_TYPE))
  return of(USER_TYPE).flatMap(resource => {
    const user = toUser(resource)
    const own = groups.filter(({ name }) => user.groups.includes(name))
    return user.keys.map(key => ({
      ...key,
      ...judgeKey(user, key, own, documents),
      userArn: user.arn,
      userName: user.name,
      tags: user.tags,
    }))
  })
}
