import { prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'

export interface ThreatParts {
  account: string
  id?: string
  type?: string
  /** GuardDuty's number, 1 to 10. */
  severity?: number
  count?: number
  lastSeen?: Date | null
  updatedAt?: Date
  archived?: boolean
  userName?: string
  accessKeyId?: string
  ip?: string
}

/** A native finding of GuardDuty about the credentials of a user. */
export function threat(parts: ThreatParts): Record<string, unknown> {
  const { account, id = 'aa11', type = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS' } = parts
  const region = 'ap-northeast-1'
  const updatedAt = parts.updatedAt ?? new Date('2026-06-01T00:00:00Z')
  const { count, lastSeen } = parts
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition: 'aws',
    id,
    arn: `arn:aws:guardduty:${region}:${account}:detector/0011/finding/${id}`,
    type,
    title: 'Credentials are used from outside',
    description: 'Credentials of an instance are used from an external address.',
    severity: parts.severity ?? 8,
    createdAt: '2026-05-31T00:00:00.000Z',
    updatedAt: updatedAt.toISOString(),
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        userName: parts.userName ?? 'app-role',
        accessKeyId: parts.accessKeyId ?? 'ASIAEXAMPLE',
        principalId: 'AROAEXAMPLE:i-1',
        userType: 'AssumedRole',
      },
    },
    service: {
      serviceName: 'guardduty',
      archived: parts.archived ?? false,
      ...(count !== undefined && { count }),
      ...(lastSeen && { eventFirstSeen: '2026-05-31T00:00:00Z', eventLastSeen: lastSeen.toISOString() }),
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: {
          api: 'ListBuckets',
          serviceName: 's3.amazonaws.com',
          remoteIpDetails: { ipAddressV4: parts.ip ?? '198.51.100.7' },
        },
      },
    },
  }
}

/** The only finding of an account, and its public id. */
export async function onlyFinding(account: string) {
  const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  return { finding, id: toFindingId(account, finding.id) }
}
