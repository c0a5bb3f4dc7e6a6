import type { Protocol } from '../wire/answer'
import { AwsError } from '../wire/aws-error'

/** Services whose throttled calls get the status 429 and this code; those of others depend on their protocol. */
const TOO_MANY = new Set(['securityhub', 'guardduty', 'macie2', 'lambda', 'account', 'apigateway', 'apigatewayv2'])
const isJson = (protocol: Protocol) => !['query', 'ec2', 'rest-xml'].includes(protocol)
const statusOf = (protocol: Protocol) => (protocol.startsWith('aws-json') ? 400 : 403)

/** How services say that a call came too soon. */
export function throttled(service: string, protocol: Protocol): AwsError {
  if (protocol === 'ec2') return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503)
  if (service === 's3' || service === 's3-control')
    return new AwsError('SlowDown', 'Please reduce your request rate.', 503)
  if (service === 'organizations')
    return new AwsError(
      'TooManyRequestsException',
      "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
    )
  if (TOO_MANY.has(service)) return new AwsError('TooManyRequestsException', 'Too Many Requests', 429)
  if (protocol === 'rest-json') return new AwsError('ThrottlingException', 'Rate exceeded', 429)
  return new AwsError(isJson(protocol) ? 'ThrottlingException' : 'Throttling', 'Rate exceeded')
}

/** How services say that a policy does not allow an action. */
export function denied(protocol: Protocol, principal: string, { action, reason }: { action: string; reason: string }) {
  const who = `User: ${principal} is not authorized to perform: ${action}`
  if (protocol === 'ec2') {
    const message = `You are not authorized to perform this operation. ${who} ${reason}`
    return new AwsError('UnauthorizedOperation', message, 403)
  }
  const code = isJson(protocol) ? 'AccessDeniedException' : 'AccessDenied'
  return new AwsError(code, `${who} on resource: * ${reason}`, statusOf(protocol))
}

export function expired(protocol: Protocol): AwsError {
  if (protocol === 'ec2') return new AwsError('RequestExpired', 'Request has expired.')
  const message = 'The security token included in the request is expired'
  return new AwsError(isJson(protocol) ? 'ExpiredTokenException' : 'ExpiredToken', message, statusOf(protocol))
}

/** Credentials that a Region does not know: wrong ones, and all of an account that has not enabled the Region. */
export function unknownCredentials(protocol: Protocol): AwsError {
  if (protocol === 'ec2') {
    return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401)
  }
  const message = 'The security token included in the request is invalid.'
  return new AwsError(
    isJson(protocol) ? 'UnrecognizedClientException' : 'InvalidClientTokenId',
    message,
    statusOf(protocol),
  )
}
