import { afterEach, beforeEach, expect, test } from 'vitest'
import { Aws } from '../../../lib/aws/aws'
import type { RoleTarget } from '../../../lib/aws/call/credentials'
import { virtualClock } from '../../support/aws/virtual-clock'
import {
  assumed,
  jsonError,
  queryError,
  startWire,
  type Wire,
  type WireAnswer,
  type WireRequest,
} from '../../support/aws/wire-server'

const never = () => new AbortController().signal
const target: RoleTarget = {
  account: '111111111111',
  partition: 'aws',
  roleName: 'HinomiReadOnly',
  externalId: '0'.repeat(32),
  sessionName: 'hinomi-1',
}
const own = { AWS_ACCESS_KEY_ID: 'AKIAOWN', AWS_SECRET_ACCESS_KEY: 'own' }
const before = { ...process.env }
let wire: Wire | undefined

beforeEach(() => {
  Object.assign(process.env, own)
})

afterEach(async () => {
  process.env = { ...before }
  await wire?.close()
  wire = undefined
})

/** Answers STS, and everything else as given. */
async function setUp(answer: (request: WireRequest, count: number) => WireAnswer) {
  let count = 0
  const started = await startWire(request => {
    if (request.operation === 'AssumeRole') return assumed(request.body)
    count += 1
    return answer(request, count)
  })
  wire = started
  const aws = new Aws({ endpoint: started.url, region: 'eu-west-1', clock: virtualClock(Date.now()), random: () => 1 })
  const calls = aws.asRole(target, { region: 'ap-northeast-1', signal: never() })
  const sent = () => started.requests.filter(({ operation }) => operation !== 'AssumeRole')
  return { aws, calls, sent, requests: started.requests }
}

const none: WireAnswer = { headers: { 'content-type': 'application/json' }, body: '{"detectorIds":["1"]}' }
const list = { MaxResults: 1 }

test('signs with the assumed role in the Region of the cell; the role is assumed with the credentials of the process', async () => {
  const { calls, requests } = await setUp(() => none)
  expect((await calls.call('guardduty:ListDetectors', list)).DetectorIds).toEqual(['1'])
  await calls.call('guardduty:ListDetectors', list)
  const [assume, first, ...rest] = requests
  expect(rest).toHaveLength(1)
  expect(assume).toMatchObject({ service: 'sts', region: 'eu-west-1', accessKey: 'AKIAOWN' })
  expect(Object.fromEntries(new URLSearchParams(assume?.body))).toMatchObject({
    RoleArn: 'arn:aws:iam::111111111111:role/HinomiReadOnly',
    RoleSessionName: 'hinomi-1',
    ExternalId: '0'.repeat(32),
    DurationSeconds: '3600',
  })
  expect(first).toMatchObject({
    service: 'guardduty',
    region: 'ap-northeast-1',
    accessKey: 'ASIA111111111111',
    sessionToken: 'token 111111111111',
  })
})

test('repeats throttled calls, and counts every request and every throttle', async () => {
  const { calls, sent } = await setUp((_request, n) =>
    n <= 3 ? jsonError('TooManyRequestsException', 'slow down', 429) : none,
  )
  await calls.call('guardduty:ListDetectors', list)
  expect(sent()).toHaveLength(4)
  expect(calls.counts).toEqual({ calls: 4, throttles: 3 })
})

test('gives up after eight throttled attempts', async () => {
  const { calls } = await setUp(() => jsonError('ThrottlingException', 'Rate exceeded'))
  await expect(calls.call('guardduty:ListDetectors', list)).rejects.toMatchObject({ state: 'throttled' })
  expect(calls.counts).toEqual({ calls: 8, throttles: 8 })
})

test.each<[string, WireAnswer, string, number]>([
  ['a fault of AWS', jsonError('InternalServerErrorException', 'oops', 500), 'service_error', 4],
  ['a cut connection', { ...none, cut: true }, 'network', 4],
  ['an answer that is no JSON', { ...none, body: '<html>' }, 'answer', 4],
  [
    'a denied action',
    jsonError('AccessDeniedException', 'User: x is not authorized to perform: guardduty:ListDetectors', 403),
    'permission',
    1,
  ],
  ['a wrong request', jsonError('BadRequestException', 'no'), 'request', 1],
])('%s', async (_what, answer, reason, attempts) => {
  const { calls } = await setUp(() => answer)
  await expect(calls.call('guardduty:ListDetectors', list)).rejects.toMatchObject({ reason })
  expect(calls.counts.calls).toBe(attempts)
})

test('an expired token is replaced', async () => {
  const { calls, requests } = await setUp((_request, n) =>
    n === 1 ? jsonError('ExpiredTokenException', 'The security token included in the request is expired', 403) : none,
  )
  await calls.call('guardduty:ListDetectors', list)
  expect(requests.map(({ operation }) => operation === 'AssumeRole')).toEqual([true, false, true, false])
})

test('a role that cannot be assumed is named, and not repeated', async () => {
  const started = await startWire(() =>
    queryError(
      'AccessDenied',
      'User: arn:aws:iam::999999999999:user/me is not authorized to perform: sts:AssumeRole on resource: x',
      403,
    ),
  )
  wire = started
  const aws = new Aws({ endpoint: started.url, region: 'eu-west-1', clock: virtualClock() })
  const calls = aws.asRole(target, { region: 'eu-west-1', signal: never() })
  await expect(calls.call('guardduty:ListDetectors', list)).rejects.toMatchObject({
    state: 'denied',
    reason: 'role',
    operation: 'sts:AssumeRole',
    action: 'sts:AssumeRole',
  })
  expect(started.requests).toHaveLength(1)
  expect(calls.counts.calls).toBe(0)
})

test('without credentials a call says so', async () => {
  for (const name of Object.keys(own)) delete process.env[name]
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/none',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
  })
  const { aws } = await setUp(() => none)
  const calls = aws.asSelf('self', { region: 'eu-west-1', signal: never() })
  await expect(calls.call('sts:GetCallerIdentity', {})).rejects.toMatchObject({ reason: 'no_credentials' })
})

test('a canceled call ends at once', async () => {
  const controller = new AbortController()
  const { aws } = await setUp(() => {
    controller.abort()
    return jsonError('ThrottlingException', 'Rate exceeded')
  })
  const calls = aws.asRole(target, { region: 'eu-west-1', signal: controller.signal })
  await expect(calls.call('guardduty:ListDetectors', list)).rejects.toMatchObject({ reason: 'canceled' })
  expect(calls.counts.calls).toBe(1)
})

test('an emulator gets no account id in front of its host', async () => {
  const { calls, sent } = await setUp(() => ({
    headers: { 'content-type': 'application/xml' },
    body: '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>',
  }))
  const answer = await calls.call('s3-control:GetPublicAccessBlock', { AccountId: '111111111111' })
  expect(answer.PublicAccessBlockConfiguration?.BlockPublicAcls).toBe(true)
  expect(sent()).toMatchObject([{ service: 's3', path: '/v20180820/configuration/publicAccessBlock' }])
})

test.each<[string, WireAnswer, string]>([
  [
    'Query',
    queryError('NoSuchEntity', 'The Password Policy with domain name 1 cannot be found.', 404),
    'NoSuchEntityException',
  ],
  ['throttled Query', queryError('Throttling', 'Rate exceeded'), 'Throttling'],
])('knows the code of an error in the %s protocol', async (_what, answer, code) => {
  const { calls } = await setUp(() => answer)
  await expect(calls.call('iam:GetAccountPasswordPolicy', {})).rejects.toMatchObject({ code })
})
