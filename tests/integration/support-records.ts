/** Records of tools for tests of identity. Every field that could determine the identity is a parameter. */

export interface ToolRecord {
  account: string
  id: string
  title?: string
  /** The generator or analytic of all checks of the tool. */
  generator?: string
  resource?: string
  region?: string
  severity?: string
  status?: 'FAILED' | 'PASSED'
  archived?: boolean
  product?: string
  updatedAt?: Date
}

const bucketArn = (resource = 'bucket') => (resource.startsWith('arn:') ? resource : `arn:aws:s3:::${resource}`)

/** A finding of a custom integration of Security Hub. */
export function custom(parts: ToolRecord): Record<string, unknown> {
  const { account, id, title = 'T', generator = 'tool', region = 'us-east-1', product = 'Acme' } = parts
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `arn:aws:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: product,
    GeneratorId: generator,
    AwsAccountId: account,
    Region: region,
    Types: ['Software and Configuration Checks'],
    Severity: { Label: parts.severity ?? 'MEDIUM' },
    Title: title,
    Description: '',
    Resources: [{ Type: 'AwsS3Bucket', Id: bucketArn(parts.resource) }],
    ...(parts.status && { Compliance: { Status: parts.status } }),
    RecordState: parts.archived ? 'ARCHIVED' : 'ACTIVE',
    ...(parts.updatedAt && { UpdatedAt: parts.updatedAt.toISOString() }),
  }
}

/** The same from a tool that writes OCSF. */
export function analytic(parts: ToolRecord): Record<string, unknown> {
  const { account, id, title = 'T', generator = 'tool', region = 'us-east-1', product = 'Acme' } = parts
  return {
    class_uid: 2003,
    metadata: { product: { name: product } },
    finding_info: { uid: id, title, analytic: { name: generator, uid: generator } },
    severity: parts.severity ?? 'Medium',
    severity_id: 99,
    status: 'New',
    compliance: { status: parts.status === 'PASSED' ? 'Pass' : 'Fail', status_id: parts.status === 'PASSED' ? 1 : 3 },
    ...(parts.archived && { status: 'Archived', status_id: 5, activity_id: 3 }),
    cloud: { account: { uid: account }, provider: 'AWS', region },
    resources: [{ uid: bucketArn(parts.resource), type: 'AwsS3Bucket', region }],
    ...(parts.updatedAt && { time_dt: parts.updatedAt.toISOString() }),
  }
}

/** A finding that a service of AWS sent to Security Hub. */
export function ofService(
  name: 'macie' | 'inspector' | 'guardduty',
  parts: {
    account: string
    id: string
    title?: string
    types?: string[]
    resources: { Id: string; Type: string; Region?: string }[]
    region?: string
    severity?: string
    archived?: boolean
    updatedAt?: Date
    generator?: string
  },
): Record<string, unknown> {
  const { account, id, region = 'us-east-1' } = parts
  const product = { macie: 'Macie', inspector: 'Inspector', guardduty: 'GuardDuty' }[name]
  return {
    SchemaVersion: '2018-10-08',
    Id: id,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/${name}`,
    ProductName: product,
    GeneratorId: parts.generator ?? `aws/${name}`,
    AwsAccountId: account,
    Region: region,
    Types: parts.types ?? [],
    Severity: { Label: parts.severity ?? 'MEDIUM' },
    Title: parts.title ?? 'T',
    Description: '',
    Resources: parts.resources,
    RecordState: parts.archived ? 'ARCHIVED' : 'ACTIVE',
    ...(parts.updatedAt && { UpdatedAt: parts.updatedAt.toISOString() }),
  }
}

/** A native finding of Macie about an object. */
export function macieNative(parts: {
  account: string
  id: string
  type?: string
  bucket?: string
  key?: string
  archived?: boolean
  updatedAt?: Date
}): Record<string, unknown> {
  const { account, id, type = 'SensitiveData:S3Object/Personal', bucket = 'bucket', key } = parts
  return {
    schemaVersion: '1.0',
    id,
    accountId: account,
    region: 'us-east-1',
    type,
    category: 'CLASSIFICATION',
    title: 'T',
    description: '',
    severity: { description: 'High', score: 3 },
    archived: parts.archived ?? false,
    resourcesAffected: {
      s3Bucket: { arn: `arn:aws:s3:::${bucket}`, name: bucket },
      ...(key && { s3Object: { bucketArn: `arn:aws:s3:::${bucket}`, key, path: `${bucket}/${key}` } }),
    },
    ...(parts.updatedAt && { updatedAt: parts.updatedAt.toISOString() }),
  }
}

/** A record of Prowler in OCSF about something under the ARN of a user. */
export function ofUser(parts: {
  account: string
  check: string
  name: string
  user?: string
  region?: string
  id?: string
  status?: 'FAIL' | 'PASS'
  updatedAt?: Date
}): Record<string, unknown> {
  const { account, check, name, user = 'alice', region = 'us-east-1' } = parts
  return {
    class_uid: 2004,
    metadata: { product: { name: 'Prowler', uid: 'prowler' }, event_code: check },
    finding_info: { uid: parts.id ?? `prowler-aws-${check}-${account}-${region}-${name}`, title: check },
    severity: 'Medium',
    severity_id: 3,
    status: 'New',
    status_code: parts.status ?? 'FAIL',
    cloud: { account: { uid: account }, provider: 'aws', region },
    resources: [{ uid: `arn:aws:iam::${account}:user/${user}`, name, type: 'AwsIamUser', region }],
    ...(parts.updatedAt && { time_dt: parts.updatedAt.toISOString() }),
  }
}
