import { CreateDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { ROLE, trustHinomi } from '../../support/aws/organisation/identities'
import { asHome, asMember } from '../../support/aws/sessions'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const MEMBER = '222222222222'
const OTHER = '333333333333'
const EXTERNAL_ID = '0123456789abcdef0123456789abcdef'
const REGION = 'us-east-1'

stopAtEnd()

test('the base credentials are a session of the role of the server', { timeout: START_MS }, async ({ emulator }) => {
  const identity = await new STSClient(asHome(emulator, REGION)).send(new GetCallerIdentityCommand({}))
  expect(identity).toMatchObject({
    Account: HOME.account,
    Arn: `arn:aws:sts::${HOME.account}:assumed-role/${HOME.role}/server`,
  })
})

test('a role is assumed with its external id, and calls act in its account', async ({ emulator }) => {
  await trustHinomi(emulator, MEMBER, EXTERNAL_ID)
  const member = await asMember(emulator, MEMBER, EXTERNAL_ID, REGION)
  const { Account, Arn } = await new STSClient(member).send(new GetCallerIdentityCommand({}))
  expect([Account, Arn]).toEqual([MEMBER, `arn:aws:sts::${MEMBER}:assumed-role/${ROLE}/hinomi-test`])
  await new GuardDutyClient(setUpIn(emulator, MEMBER, REGION)).send(new CreateDetectorCommand({ Enable: true }))
  const detectorsOf = async (settings: object) =>
    (await new GuardDutyClient(settings).send(new ListDetectorsCommand({}))).DetectorIds?.length
  expect(await detectorsOf(member)).toBe(1)
  expect(await detectorsOf(asHome(emulator, REGION))).toBe(0)
  expect(await detectorsOf({ ...member, region: 'ap-northeast-1' })).toBe(0)
})

test.for([
  ['a missing role', OTHER, EXTERNAL_ID],
  ['a wrong external id', MEMBER, 'f'.repeat(32)],
  ['no external id', MEMBER, undefined],
] as const)('AssumeRole refuses %s', async ([, account, ExternalId], { emulator }) => {
  await trustHinomi(emulator, MEMBER, EXTERNAL_ID)
  const RoleArn = `arn:aws:iam::${account}:role/${ROLE}`
  const call = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'hinomi-test', ...(ExternalId ? { ExternalId } : {}) })
  await expect(new STSClient(asHome(emulator, REGION)).send(call)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: ${`arn:aws:sts::${HOME.account}:assumed-role/${HOME.role}/server`} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    $metadata: { httpStatusCode: 403 },
  })
})

test('AssumeRole refuses a principal that the trust policy does not name', async ({ emulator }) => {
  await trustHinomi(emulator, MEMBER, EXTERNAL_ID)
  await trustHinomi(emulator, OTHER, EXTERNAL_ID)
  // A member may not go on to the next one.
  const member = await asMember(emulator, MEMBER, EXTERNAL_ID, REGION)
  const RoleArn = `arn:aws:iam::${OTHER}:role/${ROLE}`
  const call = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'hinomi-test', ExternalId: EXTERNAL_ID })
  await expect(new STSClient(member).send(call)).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('a session of a role lasts an hour at most, and ends', async ({ emulator }) => {
  await trustHinomi(emulator, MEMBER, EXTERNAL_ID)
  const RoleArn = `arn:aws:iam::${MEMBER}:role/${ROLE}`
  const input = { RoleArn, RoleSessionName: 'hinomi-test', ExternalId: EXTERNAL_ID, DurationSeconds: 7200 }
  const sts = new STSClient(asHome(emulator, REGION))
  await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name: 'ValidationError' })
})

test('a Region that an account has not enabled does not know its credentials', async ({ emulator }) => {
  emulator.store.set('account.regions', { account: HOME.account }, ['us-east-1'])
  const call = new GuardDutyClient(asHome(emulator, 'ap-northeast-1')).send(new ListDetectorsCommand({}))
  await expect(call).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
})

test('unknown credentials are refused', async ({ emulator }) => {
  const credentials = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'unknown' }
  const sts = new STSClient({ ...asHome(emulator, REGION), credentials })
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
})
