import { describe, expect, test } from 'vitest'
import { toAwsFailure } from '../../../lib/aws/errors'
import { AwsFailure } from '../../../lib/aws/failure'
import { isUnreadable, shownMessage } from '../../../lib/domain/collection/failure'

const me = 'arn:aws:sts::111111111111:assumed-role/HinomiReadOnly/hinomi-1'

/** An error as clients of the SDK throw it. */
function sdkError(name: string, message = '', status = 400): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } })
}

/** An error of the SDK about an answer that it could not parse: `$response` is hidden. */
function unreadable(status: number): Error {
  const hint =
    'Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.'
  const error = Object.assign(new Error(`@aws-sdk XML parse error\n  ${hint}`), {
    $metadata: { httpStatusCode: status },
  })
  return Object.defineProperty(error, '$response', { value: { statusCode: status } })
}

function nodeError(code: string, name = 'Error'): Error {
  return Object.assign(new Error(`connect ${code}`), { name, code })
}

function failure(error: unknown, operation = 'ec2:DescribeVpcs', region = 'eu-west-1') {
  return toAwsFailure(error, { operation, region, actions: [`table:${operation}`] })
}

describe('a denied call', () => {
  test.each<[string, string, string]>([
    ['because no identity-based policy allows the ec2:DescribeVpcs action', 'permission', 'identity-based policy'],
    ['with an explicit deny in an identity-based policy', 'explicit_deny', 'explicit deny'],
    ['with an explicit deny in a service control policy', 'service_control_policy', 'SCP'],
    ['because no service control policy allows the ec2:DescribeVpcs action', 'service_control_policy', 'SCP'],
    ['with an explicit deny in a resource control policy', 'resource_control_policy', 'RCP'],
    ['because no permissions boundary allows the ec2:DescribeVpcs action', 'permissions_boundary', 'boundary'],
    ['because no session policy allows the ec2:DescribeVpcs action', 'session_policy', 'session policy'],
    ['with an explicit deny in a resource-based policy', 'resource_policy', 'resource policy'],
    ['because no VPC endpoint policy allows the ec2:DescribeVpcs action', 'endpoint_policy', 'endpoint policy'],
  ])('%s', (why, reason) => {
    const message = `User: ${me} is not authorized to perform: ec2:DescribeVpcs on resource: * ${why}`
    const found = failure(sdkError('AccessDenied', message, 403))
    expect(found).toMatchObject({ state: 'denied', reason, action: 'ec2:DescribeVpcs', retryable: false })
  })

  test('of EC2 loses the part that nobody can read', () => {
    const encoded = 'x'.repeat(2000)
    const message = `You are not authorized to perform this operation. User: ${me} is not authorized to perform: ec2:DescribeFlowLogs because no identity-based policy allows the ec2:DescribeFlowLogs action. Encoded authorization failure message: ${encoded}`
    const found = failure(sdkError('UnauthorizedOperation', message, 403))
    expect(found).toMatchObject({ state: 'denied', reason: 'permission', action: 'ec2:DescribeFlowLogs' })
    expect(found.message).not.toContain('xxx')
    expect(found.message.length).toBeLessThanOrEqual(300)
  })

  test.each([
    ['AccessDeniedException', 'You do not have access', 400],
    ['UnauthorizedOperation', 'You are not authorized to perform this operation.', 403],
    ['Whatever', '', 403],
  ])('%s without an action has that of the table', (name, message, status) => {
    expect(failure(sdkError(name, message, status))).toMatchObject({
      reason: 'permission',
      action: 'table:ec2:DescribeVpcs',
    })
  })

  test('of AssumeRole concerns the role', () => {
    const message = `User: ${me} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/HinomiReadOnly`
    const found = failure(sdkError('AccessDenied', message, 403), 'sts:AssumeRole')
    expect(found).toMatchObject({ state: 'denied', reason: 'role', action: 'sts:AssumeRole' })
  })

  test('of an organization by another account names the account', () => {
    const error = sdkError('AccessDeniedException', "You don't have permissions to access this resource.")
    expect(failure(error, 'organizations:ListRoots')).toMatchObject({ state: 'denied', reason: 'not_administrator' })
  })
})

describe('what an account does not use', () => {
  test.each<[string, string, Error, string, string]>([
    [
      'Security Hub',
      'securityhub:GetFindings',
      sdkError('InvalidAccessException', 'Account 1 is not subscribed to AWS Security Hub', 401),
      'not_enabled',
      'service_disabled',
    ],
    [
      'Macie',
      'macie2:ListFindings',
      sdkError('AccessDeniedException', 'Macie is not enabled.', 403),
      'not_enabled',
      'service_disabled',
    ],
    [
      'Firewall Manager',
      'fms:ListPolicies',
      sdkError('AccessDeniedException', 'No default admin could be found for account 1 in Region eu-west-1'),
      'not_enabled',
      'service_disabled',
    ],
    [
      'EC2',
      'ec2:DescribeVpcs',
      sdkError('OptInRequired', 'You are not subscribed to this service.', 401),
      'not_enabled',
      'service_disabled',
    ],
    [
      'organizations',
      'organizations:ListRoots',
      sdkError('AWSOrganizationsNotInUseException'),
      'not_enabled',
      'no_organization',
    ],
    [
      'a support plan',
      'support:DescribeTrustedAdvisorChecks',
      sdkError('SubscriptionRequiredException'),
      'no_plan',
      'support_plan',
    ],
    [
      'a support plan',
      'trustedadvisor:ListRecommendations',
      sdkError('AccessDeniedException', 'AWS Premium Support Subscription is required', 403),
      'no_plan',
      'support_plan',
    ],
  ])('%s', (_what, operation, error, state, reason) => {
    expect(failure(error, operation)).toMatchObject({ state, reason, action: null })
  })

  test('a missing permission is not taken for a missing support plan', () => {
    const message = `User: ${me} is not authorized to perform: trustedadvisor:ListRecommendations`
    const found = failure(sdkError('AccessDeniedException', message, 403), 'trustedadvisor:ListRecommendations')
    expect(found).toMatchObject({ reason: 'permission', action: 'trustedadvisor:ListRecommendations' })
  })

  test.each(['UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure', 'InvalidAccessKeyId'])(
    '%s: a Region that has to be enabled is not, elsewhere the credentials are wrong',
    name => {
      expect(failure(sdkError(name), 'ec2:DescribeVpcs', 'ap-east-1')).toMatchObject({ reason: 'region_disabled' })
      expect(failure(sdkError(name))).toMatchObject({ state: 'failed', reason: 'invalid_credentials' })
    },
  )
})

test.each<[string, Error]>([
  ['Throttling', sdkError('Throttling', 'Rate exceeded')],
  ['ThrottlingException', sdkError('ThrottlingException', 'Rate exceeded')],
  ['EC2', sdkError('RequestLimitExceeded', 'Request limit exceeded.', 503)],
  ['S3', sdkError('SlowDown', 'Please reduce your request rate.', 503)],
  ['API Gateway', sdkError('TooManyRequestsException', 'Too Many Requests', 429)],
  ['Security Hub', sdkError('LimitExceededException', 'limit', 429)],
  ['a code that nobody knows', sdkError('SomethingNew', '', 429)],
  ['a sentence', sdkError('ClientException', 'Rate exceeded')],
])('a throttle of %s', (_what, error) => {
  expect(failure(error)).toMatchObject({ state: 'throttled', reason: 'throttled', retryable: true })
})

test.each<[string, Error, string, boolean]>([
  ['an expired token', sdkError('ExpiredTokenException', 'expired', 403), 'expired_credentials', true],
  ['an expired token of S3', sdkError('ExpiredToken', 'expired'), 'expired_credentials', true],
  ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'no_credentials', false],
  ['a wrong clock', sdkError('RequestTimeTooSkewed', 'skewed', 403), 'clock', false],
  ['a wrong signature', sdkError('SignatureDoesNotMatch', 'signature', 403), 'invalid_credentials', false],
  [
    'a wrong clock, as a signature',
    sdkError('InvalidSignatureException', 'Signature expired: 1 is now earlier than 2', 403),
    'clock',
    false,
  ],
  ['a cut connection', nodeError('ECONNRESET'), 'network', true],
  ['no server', nodeError('ECONNREFUSED', 'AggregateError'), 'network', true],
  ['no address', nodeError('ENOTFOUND'), 'service_not_offered', false],
  ['no answer', Object.assign(new Error('late'), { name: 'TimeoutError' }), 'timeout', true],
  ['an end', Object.assign(new Error('aborted'), { name: 'AbortError' }), 'canceled', false],
  ['a fault of AWS', sdkError('InternalError', '', 500), 'service_error', true],
  ['an answer that is no answer', unreadable(200), 'answer', true],
  ['an error that is no error of AWS', unreadable(404), 'answer', true],
  ['a fault that is no error of AWS', unreadable(502), 'service_error', true],
  ['a wrong request', sdkError('ValidationException', 'Value at maxResults'), 'request', false],
])('%s', (_what, error, reason, retryable) => {
  expect(failure(error)).toMatchObject({ reason, retryable })
})

test('an answer that is not understood has no text of the SDK, but the operation and the status', () => {
  const { message } = failure(unreadable(404), 'iam:ListOrganizationsFeatures')
  expect(message).toBe('iam:ListOrganizationsFeatures: HTTP 404')
  expect([isUnreadable(message), shownMessage(message)]).toEqual([true, message])
  expect([isUnreadable(unreadable(200).message), shownMessage(unreadable(200).message)]).toEqual([true, ''])
  expect([isUnreadable('no such thing'), shownMessage('no such thing')]).toEqual([false, 'no such thing'])
})

test('an error of the SDK or of Node.js has its code, and not their text', () => {
  const none = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  })
  expect(failure(none).message).toBe('CredentialsProviderError')
  expect(failure(nodeError('ECONNREFUSED')).message).toBe('ECONNREFUSED')
})

test('keeps the code, for collectors that expect it, and a failure as it is', () => {
  const found = failure(sdkError('NoSuchEntityException', 'none', 404))
  expect(found).toMatchObject({ reason: 'request', code: 'NoSuchEntityException' })
  expect(failure(found)).toBe(found)
  expect(found).toBeInstanceOf(AwsFailure)
})

test('has a message that can be stored, also where a long one is cut within a character', () => {
  expect(failure(sdkError('ValidationException', 'a\u0000b')).message).toBe('a\ufffdb')
  const cut = failure(sdkError('ValidationException', `${'a'.repeat(298)}😀${'b'.repeat(40)}`)).message
  expect(cut).toBe(`${'a'.repeat(298)}\ufffd…`)
})
