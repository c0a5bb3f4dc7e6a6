import {
  ConfigServiceClient,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StartConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service'
import { CreateDetectorCommand, GuardDutyClient } from '@aws-sdk/client-guardduty'
import type { Emulator } from '../emulator'
import {
  accessFinding,
  analyzer,
  evaluation,
  portsCheck,
  portsResult,
  recommendation,
  recommendedResource,
} from '../examples/posture'
import { securityHubFinding } from '../examples/security-hub'
import { guardDutyFinding, inspectorFinding } from '../examples/threats'
import { setUpIn } from './connection'
import { REGION } from './organisation'

/** Services switched on in an account, and what they have found. Macie and a firewall administrator stay off. */
export async function createFindings(emulator: Emulator, account: string): Promise<void> {
  const { store } = emulator
  const place = { account, region: REGION }
  await new GuardDutyClient(setUpIn(emulator, account, REGION)).send(new CreateDetectorCommand({ Enable: true }))
  store.put('guardduty.finding', place, guardDutyFinding(place))
  store.set('securityhub.hub', place, true)
  const controls = [securityHubFinding(place, 'S3.8'), securityHubFinding(place, 'EC2.13')]
  store.put('securityhub.finding', place, ...controls, securityHubFinding(place, 'KMS.4', 'PASSED'))
  store.set('inspector2.status', place, 'ENABLED')
  store.put('inspector2.finding', place, inspectorFinding(place))
  store.put('accessanalyzer.analyzer', place, analyzer(place))
  store.put('accessanalyzer.finding', place, accessFinding(place))
  await startRecorder(emulator, account)
  store.put('config.evaluation', place, evaluation(place, 's3-bucket-public-read-prohibited'))
}

/** Trusted Advisor of an account with a support plan. */
export function createAdvice({ store }: Emulator, account: string): void {
  const place = { account, region: REGION }
  store.set('support.plan', { account }, true)
  store.put('support.check', { account }, portsCheck)
  store.put('support.result', { account }, portsResult(place, 'sg-00000000000000001'))
  store.put('trustedadvisor.recommendation', { account }, recommendation(place))
  store.put('trustedadvisor.resource', { account }, recommendedResource(place, 'sg-00000000000000001'))
}

/** Without a recorder AWS Config evaluates nothing. */
export async function startRecorder(emulator: Emulator, account: string, region = REGION): Promise<void> {
  const client = new ConfigServiceClient(setUpIn(emulator, account, region))
  const roleARN = `arn:aws:iam::${account}:role/config`
  await client.send(new PutConfigurationRecorderCommand({ ConfigurationRecorder: { name: 'default', roleARN } }))
  await client.send(new PutDeliveryChannelCommand({ DeliveryChannel: { name: 'default', s3BucketName: 'config' } }))
  await client.send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName: 'default' }))
}
