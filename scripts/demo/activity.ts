import type { Threat } from './catalogue/other-tools'
import { hex, pick, random } from './random'
import type { Watch } from './world'

/** Addresses of https://www.rfc-editor.org/rfc/rfc5737 and numbers of https://www.rfc-editor.org/rfc/rfc5398. */
const ACTORS = [
  { ip: '198.51.100.23', asn: '64500', organization: 'Example Hosting', country: 'Netherlands', city: 'Amsterdam' },
  { ip: '203.0.113.77', asn: '64501', organization: 'Example Cloud', country: 'Singapore', city: 'Singapore' },
  { ip: '192.0.2.145', asn: '64502', organization: 'Example Transit', country: 'Brazil', city: 'São Paulo' },
] as const

/** The action of GuardDuty's finding, as paths below `action`. */
function actionOf(type: string): Record<string, string> {
  const call = (serviceName: string, api: string) => ({
    actionType: 'AWS_API_CALL',
    'awsApiCallAction/serviceName': serviceName,
    'awsApiCallAction/api': api,
    'awsApiCallAction/callerType': 'Remote IP',
  })
  const connection = (port: string) => ({
    actionType: 'NETWORK_CONNECTION',
    'networkConnectionAction/connectionDirection': 'INBOUND',
    'networkConnectionAction/localPortDetails/port': port,
    'networkConnectionAction/protocol': 'TCP',
    'networkConnectionAction/blocked': 'false',
  })
  const lookup = (domain: string) => ({
    actionType: 'DNS_REQUEST',
    'dnsRequestAction/domain': domain,
    'dnsRequestAction/protocol': 'UDP',
    'dnsRequestAction/blocked': 'false',
  })
  if (type.includes('SSHBruteForce')) return connection('22')
  if (type.includes('RDPBruteForce')) return connection('3389')
  if (type.includes('PortProbe')) return connection('6379')
  if (type.includes('BitcoinTool')) return lookup('pool.minexmr.example')
  if (type.includes('C&CActivity')) return lookup('update-check.badhost.example')
  if (type.includes('RootCredentialUsage')) return call('iam.amazonaws.com', 'CreateAccessKey')
  if (type.includes('ConsoleLogin')) return call('signin.amazonaws.com', 'ConsoleLogin')
  if (type.includes('Exfiltration:S3')) return call('s3.amazonaws.com', 'GetObject')
  if (type.includes('Persistence')) return call('iam.amazonaws.com', 'AttachUserPolicy')
  if (type.includes('BlockPublicAccess')) return call('s3.amazonaws.com', 'DeleteBucketPublicAccessBlock')
  return call('ec2.amazonaws.com', 'DescribeInstances')
}

/** Who acted in a threat; null where nobody of the account did. */
function identityOf({ account, resource }: Watch, type: string) {
  if (type.includes('RootCredentialUsage')) return { name: 'Root', type: 'Root' }
  if (resource.kind === 'user') return { name: resource.name, type: 'IAMUser' }
  return resource.kind === 'bucket' ? { name: `${account.prefix}-ci-deploy`, type: 'IAMUser' } : null
}

/** Security Hub's copy of the parts of a GuardDuty finding that say who did what, from where, and how often. */
export function activityOf(watch: Watch, [type]: Threat, first: Date, at: Date) {
  const next = random('actor', watch.account.id, type)
  const { ip, asn, organization, country, city } = pick(next, ACTORS)
  const action = actionOf(type)
  const details = Object.keys(action)
    .find(path => path.includes('/'))
    ?.split('/')[0]
  const remote = {
    'remoteIpDetails/ipAddressV4': ip,
    'remoteIpDetails/organization/asn': asn,
    'remoteIpDetails/organization/asnOrg': organization,
    'remoteIpDetails/country/countryName': country,
    'remoteIpDetails/city/cityName': city,
  }
  const isLookup = action.actionType === 'DNS_REQUEST'
  const service = {
    ...Object.fromEntries(Object.entries(action).map(([path, value]) => [`action/${path}`, value])),
    ...(isLookup
      ? {}
      : Object.fromEntries(Object.entries(remote).map(([path, value]) => [`action/${details}/${path}`, value]))),
    ...(type.includes('MaliciousIPCaller') && { 'additionalInfo/threatListName': 'ProofPoint' }),
    eventFirstSeen: first.toISOString(),
    eventLastSeen: new Date(Math.max(at.getTime() - 40 * 60_000, first.getTime())).toISOString(),
    count: String(3 + Math.floor(((at.getTime() - first.getTime()) / 86_400_000) * 7)),
    detectorId: hex(32, 'detector', watch.account.id),
  }
  const identity = identityOf(watch, type)
  const key = `AKIA${hex(16, 'key', watch.account.id, identity?.name ?? '').toUpperCase()}`
  return {
    fields: Object.fromEntries(
      Object.entries(service).map(([path, value]) => [`aws/guardduty/service/${path}`, value]),
    ),
    resources:
      identity === null
        ? []
        : [
            {
              Type: 'AwsIamAccessKey',
              Id: `AWS::IAM::AccessKey:${key}`,
              Partition: 'aws',
              Region: watch.resource.region,
              Details: { AwsIamAccessKey: { PrincipalName: identity.name, PrincipalType: identity.type } },
            },
          ],
  }
}
