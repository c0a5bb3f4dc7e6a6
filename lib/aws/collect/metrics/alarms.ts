import 'server-only'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import type { NestedPage } from '../nested'
import { pagesOf } from '../paging'

const PAGE = 100

/** Metric alarms of CloudWatch and whether they do anything. Where they send it is left out: no check needs it. */
export async function* alarms(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { AlarmTypes: ['MetricAlarm' as const], MaxRecords: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'cloudwatch:DescribeAlarms'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'cloudwatch:DescribeAlarms', input, paging, from)) {
    const records = (answer.MetricAlarms ?? []).map(({ AlarmArn: arn = '', AlarmName: name = '', ...alarm }) => {
      const data = {
        metric: alarm.MetricName ?? null,
        actionsEnabled: alarm.ActionsEnabled ?? false,
        alarmActions: alarm.AlarmActions?.length ?? 0,
      }
      return inventoryOf(calls, { type: 'AWS::CloudWatch::Alarm', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}
