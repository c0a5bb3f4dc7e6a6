import 'server-only'
import type { Budget, Notification } from '@aws-sdk/client-budgets'
import { partitionOf } from '../../../domain/commands/command-values'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { inventoryOf } from '../inventory'
import { itemsOf, pagesOf } from '../paging'
import { ordered } from '../plain'

const PAGE = 100

/** Budgets and who is told about them: only how many, not their addresses. */
export const budgets: Collector = { id: 'budgets', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const input = { AccountId: calls.account, MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'budgets:DescribeBudgets'>) => NextToken,
  }
  const place = typeof from === 'string' ? from : null
  for await (const { answer, next } of pagesOf(calls, 'budgets:DescribeBudgets', input, paging, place)) {
    const records: object[] = []
    for (const budget of answer.Budgets ?? []) records.push(await budgetOf(calls, budget))
    yield { records, next }
  }
}

async function budgetOf(calls: CellCalls, { BudgetName = '', BudgetType, TimeUnit, BudgetLimit }: Budget) {
  const { account: AccountId } = calls
  const input = { AccountId, BudgetName, MaxResults: PAGE }
  const found = await itemsOf(
    calls,
    'budgets:DescribeNotificationsForBudget',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Notifications,
  )
  const notifications: { type: string; threshold: number; thresholdType: string; subscribers: number }[] = []
  for (const one of found) {
    notifications.push({
      type: one.NotificationType ?? '',
      threshold: one.Threshold ?? 0,
      thresholdType: one.ThresholdType ?? 'PERCENTAGE',
      subscribers: await subscribers(calls, BudgetName, one),
    })
  }
  const data = {
    type: BudgetType ?? null,
    unit: TimeUnit ?? null,
    limit: BudgetLimit ? { amount: BudgetLimit.Amount, unit: BudgetLimit.Unit } : null,
    notifications: ordered(notifications, one => JSON.stringify(one)),
  }
  const arn = `arn:${partitionOf(calls.region).partition}:budgets::${AccountId}:budget/${BudgetName}`
  return inventoryOf(calls, { type: 'AWS::Budgets::Budget', arn, name: BudgetName, data })
}

async function subscribers(calls: CellCalls, BudgetName: string, notification: Notification): Promise<number> {
  const input = { AccountId: calls.account, BudgetName, Notification: notification, MaxResults: PAGE }
  const found = await itemsOf(
    calls,
    'budgets:DescribeSubscribersForNotification',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    answer => answer.Subscribers,
  )
  return found.length
}
