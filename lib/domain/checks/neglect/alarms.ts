import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { judgeEach, resultOf } from '../standard/parts'

const Alarm = z.object({ actionsEnabled: z.boolean(), alarmActions: z.number() })

/** https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15 */
function* idleAlarms(inventory: Inventory, region: string): Iterable<CheckResult> {
  const all = { type: 'AWS::CloudWatch::Alarm', as: 'AwsCloudWatchAlarm', schema: Alarm, region }
  yield* judgeEach(inventory, all, function* ({ data }, resource) {
    yield { control: 'CloudWatch.15', resource, result: resultOf(data.alarmActions > 0) }
    yield { control: 'CloudWatch.17', resource, result: resultOf(data.actionsEnabled) }
  })
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
