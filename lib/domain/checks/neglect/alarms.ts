import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { resultOf, seen } from '../standard/parts'

const Alarm = z.object({ actionsEnabled: z.boolean(), alarmActions: z.number() })

/** https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15 */
function* idleAlarms(inventory: Inventory, region: string): Iterable<CheckResult> {
  for (const { resource, data } of seen(inventory, 'AWS::CloudWatch::Alarm', Alarm, region)) {
    const ref = { id: resource.arn, type: 'AwsCloudWatchAlarm' }
    yield { control: 'CloudWatch.15', resource: ref, result: resultOf(data.alarmActions > 0) }
    yield { control: 'CloudWatch.17', resource: ref, result: resultOf(data.actionsEnabled) }
  }
}

/** Alarms that tell nobody. */
export const alarmsIdle: CheckDefinition = {
  id: 'alarms-idle',
  controls: ['CloudWatch.15', 'CloudWatch.17'],
  severity: 'low',
  needs: ['metrics'],
  regional: true,
  run: idleAlarms,
}
