import 'server-only'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector } from '../collector'
import { accountArn, inventoryOf } from '../inventory'
import { type NestedPage, type Parts, pagesOfParts } from '../nested'
import { itemsOf, pagesOf } from '../paging'

const PAGE = 100

const parts: Parts = { plans, protection }

/** Plans of AWS Backup, and how many resources it has backed up. */
export const backup: Collector = { id: 'backup', collect: (calls, from) => pagesOfParts(calls, from, parts) }

async function* plans(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'backup:ListBackupPlans'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'backup:ListBackupPlans', input, paging, from)) {
    const records = (answer.BackupPlansList ?? []).map(
      ({ BackupPlanArn: arn = '', BackupPlanName: name = '', ...plan }) => {
        const data = { id: plan.BackupPlanId ?? null, createdAt: plan.CreationDate ?? null }
        return inventoryOf(calls, { type: 'AWS::Backup::BackupPlan', arn, name, region: calls.region, data })
      },
    )
    yield { records, next }
  }
}

async function* protection(calls: CellCalls): AsyncGenerator<NestedPage> {
  const found = await itemsOf(
    calls,
    'backup:ListProtectedResources',
    { MaxResults: PAGE },
    { at: NextToken => ({ MaxResults: PAGE, NextToken }), next: answer => answer.NextToken },
    answer => answer.Results,
  )
  const protectedResources = new Map<string, number>()
  for (const type of found.map(({ ResourceType = '' }) => ResourceType).sort()) {
    protectedResources.set(type, (protectedResources.get(type) ?? 0) + 1)
  }
  const { account: name, region } = calls
  const data = { protectedResources: Object.fromEntries(protectedResources) }
  const resource = { type: 'AWS::Backup::AccountSettings' as const, arn: accountArn(calls), name, region, data }
  yield { records: [inventoryOf(calls, resource)], next: null }
}
