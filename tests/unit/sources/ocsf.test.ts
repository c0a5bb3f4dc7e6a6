import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { ocsfFinding } from '../../support/aws/examples/security-hub-v2'
import { example, fixture, now, outcomeOf, read, rejectOf } from './support'

const prowler = example('ocsf/prowler.ocsf.json')
const event = example('ocsf/findings-imported-v2.json')
const [control = {}, threat = {}, vulnerability = {}] = (event.detail as { findings: Record<string, unknown>[] })
  .findings

const cloud = (account: unknown, provider = 'AWS') => ({
  cloud: { account: { uid: account }, provider, region: 'us-east-1' },
})

describe('Security Hub V2', () => {
  test('its event is read like the one of ASFF', async () => {
    const { values } = await read(fixture('ocsf/findings-imported-v2.json'))
    const outcomes = values.flatMap(value => outcomesOf(value, { now }))
    expect(outcomes.map(outcome => [outcome.source, outcome.product, outcome.class])).toEqual([
      ['security-hub-v2', 'Security Hub', 'posture'],
      ['security-hub-v2', 'GuardDuty', 'threat'],
      ['security-hub-v2', 'Inspector', 'vulnerability'],
    ])
  })

  test('a control becomes the same outcome as in ASFF', () => {
    expect(outcomeOf(control)).toMatchObject({
      control: 'Config.1',
      result: 'failed',
      severity: 'critical',
      accountId: '012345678901',
      region: 'ap-northeast-1',
      resource: { id: 'AWS::::Account:012345678901' },
      firstObservedAt: new Date('2025-06-24T01:53:20.501Z'),
      updatedAt: new Date(1_751_000_000_000),
      remediationUrl: 'https://docs.aws.amazon.com/console/securityhub/Config.1/remediation',
    })
  })

  test('an exposure is posture: what could happen, and not that it does', () => {
    const exposure = ocsfFinding({ account: '111111111111', region: 'eu-west-1' })
    expect(outcomeOf(exposure)).toMatchObject({
      source: 'security-hub-v2',
      product: 'Security Hub Exposure Analysis',
      class: 'posture',
      control: 'Exposure/Potential Impact/Resource Hijacking',
      result: 'failed',
      severity: 'critical',
      resource: { id: 'arn:aws:lambda:eu-west-1:111111111111:function:function-1' },
    })
    const closed = { ...exposure, activity_id: 3, activity_name: 'Close' }
    expect(outcomeOf(closed).result).toBe('archived')
  })

  test('a closed finding is archived even if its status is New', () => {
    expect(outcomeOf(threat)).toMatchObject({
      result: 'archived',
      class: 'threat',
      control: 'Execution:Runtime/NewBinaryExecuted',
    })
  })

  test('a vulnerability is named by its CVE', () => {
    expect(outcomeOf(vulnerability)).toMatchObject({
      control: 'CVE-2099-0001',
      packageName: 'libexample 1.2.3',
      severity: 'high',
    })
    expect(rejectOf({ ...vulnerability, vulnerabilities: [] }).code).toBe('missing_field')
    const untitled = { ...vulnerability, finding_info: { uid: 'f' }, message: '' }
    expect(outcomeOf(untitled).title).toBe(outcomeOf(vulnerability).control)
  })
})

describe('Prowler', () => {
  test('a check is posture, named by the check', () => {
    expect(outcomeOf(prowler)).toMatchObject({
      source: 'prowler',
      product: 'Prowler',
      class: 'posture',
      control: 's3_bucket_public_access',
      result: 'failed',
      resource: { id: 'arn:aws:s3:::hinomi-example-open', type: 'AwsS3Bucket' },
      description: 'S3 Bucket hinomi-example-open has public access.',
      remediationUrl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
      firstObservedAt: new Date('2025-02-14T13:27:03Z'),
    })
  })

  test('it meets the same check in ASFF on the same resource', () => {
    const { accountId, region, control: check, resource } = outcomeOf(example('asff/prowler.asff.json'))
    expect(outcomeOf(prowler)).toMatchObject({ accountId, region, control: check, resource })
  })

  test('version 3 wrote it as a Security Finding', () => {
    expect(outcomeOf(example('ocsf/prowler-3-security-finding.json'))).toMatchObject({
      source: 'prowler',
      control: 'iam_root_mfa_enabled',
      result: 'failed',
      updatedAt: null,
      localTime: new Date('2025-01-02T03:04:05Z'),
      remediationText: 'Enable MFA.',
    })
  })

  test.each([
    [{ status_code: 'PASS' }, 'passed'],
    [{ status_code: 'MANUAL' }, 'not_available'],
    [{ status_code: 'FAIL', status: 'New', status_id: 3 }, 'failed'],
    [{ status_code: 'FAIL', status: 'Suppressed', status_id: 1 }, 'suppressed'],
    [{ status_code: 'FAIL', status: undefined, status_id: 3 }, 'suppressed'],
  ])('%j is %s', (change, result) => {
    expect(outcomeOf({ ...prowler, ...change }).result).toBe(result)
  })

  test('unfilled placeholders are refused', () => {
    expect(rejectOf({ ...prowler, ...cloud('<account_uid>') })).toMatchObject({
      code: 'bad_account',
      params: { value: '<account_uid>' },
    })
    expect(rejectOf({ ...prowler, resources: [{ uid: '<resource_uid>' }] })).toMatchObject({
      code: 'bad_field',
      params: { field: 'resources.uid' },
    })
    expect(rejectOf({ ...prowler, finding_info: { uid: '<finding_uid>' } }).code).toBe('bad_field')
  })
})

describe('any tool', () => {
  test.each([
    ['DetectionFinding', undefined],
    ['Detection Finding', undefined],
    ['detection_finding', undefined],
    [undefined, 2004],
    ['whatever', '2004'],
  ])('class %s, %s is a detection', (class_name, class_uid) => {
    expect(outcomeOf({ ...threat, class_name, class_uid }).class).toBe('threat')
  })

  test('records of other classes are refused', () => {
    expect(rejectOf({ class_uid: 3002, class_name: 'Authentication', metadata: {} }).code).toBe('not_a_finding')
    expect(rejectOf({ class_uid: 2005, class_name: 'Incident Finding', metadata: {} }).code).toBe('unknown_format')
  })

  test.each(['azure', 'GCP', 'kubernetes'])('%s is another cloud', provider => {
    expect(rejectOf({ ...prowler, ...cloud('<subscription_uid>', provider) })).toMatchObject({
      code: 'other_cloud',
      params: { provider },
    })
  })

  test.each([
    [{ severity_id: 1 }, 'informational'],
    [{ severity_id: 2 }, 'low'],
    [{ severity_id: 3, severity: 'High' }, 'medium'],
    [{ severity_id: 4, vendor_attributes: { severity: 'Low' } }, 'high'],
    [{ severity_id: 5 }, 'critical'],
    [{ severity_id: 6 }, 'critical'],
    [{ severity_id: 99, severity: 'High' }, 'high'],
    [{ severity_id: 0, severity: 'Unknown', vendor_attributes: { severity: 'Low' } }, 'low'],
    [{ severity_id: undefined, severity: 'Critical' }, 'critical'],
  ])('%j is %s', (change, severity) => {
    expect(outcomeOf({ ...threat, ...change }).severity).toBe(severity)
  })

  test.each([
    { severity_id: 0, severity: 'Unknown' },
    { severity_id: 99, severity: 'Odd' },
    { severity_id: 7, severity: 'Low' },
    { severity_id: 'x' },
  ])('%j is refused', change => expect(rejectOf({ ...threat, ...change }).code).toBe('bad_severity'))

  test.each([
    [{ compliance: { control: 'S3.1', status: 'Pass' }, status: 'Resolved' }, 'passed'],
    [{ compliance: { control: 'S3.1', status: 'Fail' }, status: 'Resolved' }, 'archived'],
    [{ compliance: { control: 'S3.1', status: 'Warning' } }, 'failed'],
    [{ compliance: { control: 'S3.1', status_id: 1 } }, 'passed'],
    [{ status: 'Archived' }, 'archived'],
    [{ status: 'Suppressed' }, 'suppressed'],
    [{ status: undefined, status_id: 5 }, 'archived'],
    [{ activity_id: 3 }, 'archived'],
  ])('%j is %s', (change, result) => {
    expect(outcomeOf({ ...control, ...change }).result).toBe(result)
  })

  test('a suppression has the comment that was given with it, and no name', () => {
    const change = { status: 'Suppressed', comment: 'Accepted until the migration' }
    expect(outcomeOf({ ...control, ...change }).suppression).toEqual({ by: '', at: null, note: change.comment })
    expect(outcomeOf({ ...control, status: 'Suppressed' }).suppression).toBeUndefined()
    expect(outcomeOf({ ...control, status: 'New', comment: 'A note' }).suppression).toBeUndefined()
  })

  test.each([
    [{ time: 1_739_539_623 }, '2025-02-14T13:27:03.000Z'],
    [{ time: 1_739_539_623_913 }, '2025-02-14T13:27:03.913Z'],
    [{ time_dt: '2025-02-14T13:27:03.913874Z' }, '2025-02-14T13:27:03.913Z'],
    [{ time: 1_739_539_623, time_dt: '2025-02-14T22:27:03.913874' }, '2025-02-14T13:27:03.000Z'],
    [{ time_dt: '2025-02-14T13:27:03.913874' }, undefined],
    [{ event_time: '2025-02-14T13:27:03.913874' }, undefined],
  ])('%j is %s', (times, iso) => {
    const record = { ...threat, finding_info: { uid: 'x', types: ['T'] }, time: undefined, ...times }
    expect(outcomeOf(record).updatedAt?.toISOString()).toBe(iso)
  })

  test('a time in another century is refused', () => {
    expect(rejectOf({ ...threat, finding_info: { uid: 'x', types: ['T'], created_time: 5 } })).toMatchObject({
      code: 'bad_date',
      accountId: '123456789012',
    })
  })

  test('without resources or an account a record is refused', () => {
    expect(rejectOf({ ...threat, resources: [] })).toMatchObject({
      code: 'missing_field',
      params: { field: 'resources' },
    })
    expect(rejectOf({ ...threat, cloud: {} })).toMatchObject({
      code: 'missing_field',
      params: { field: 'cloud.account.uid' },
    })
  })

  test('an unknown tool is read as plain OCSF', () => {
    expect(outcomeOf({ ...threat, metadata: { product: { name: 'Own scanner' } } })).toMatchObject({
      source: 'ocsf',
      product: 'Own scanner',
    })
  })
})

describe('the text of a Prowler finding', () => {
  const { message, ...silent } = prowler
  test('is its message, or status_detail if version 4 has no message', () => {
    expect(outcomeOf(prowler).description).toBe(message)
    expect(outcomeOf({ ...silent, status_detail: 'The bucket is open.' }).description).toBe('The bucket is open.')
    expect(outcomeOf({ ...silent, status_detail: '' }).description).toBe(
      'Ensure there are no S3 buckets open to Everyone',
    )
  })

  test('is followed by the risk, as in its CSV', () => {
    expect(outcomeOf({ ...prowler, risk_details: 'Anybody can read it.' }).description).toBe(
      `${message}\n\nAnybody can read it.`,
    )
    expect(outcomeOf({ ...prowler, risk_details: 7, status_detail: [] }).description).toBe(message)
  })
})

describe('a record of Prowler about a Kubernetes cluster is of another platform', () => {
  const { cloud: _cloud, ...clusterless } = prowler
  const [resource] = prowler.resources as Record<string, unknown>[]
  const { finding_info: info, metadata } = prowler as Record<string, Record<string, unknown>>
  test.each([
    ['by its id', { finding_info: { ...info, uid: 'prowler-kubernetes-apiserver_anonymous_requests-in-cluster-0' } }],
    [
      'by its profile',
      { finding_info: { ...info, uid: 'x' }, metadata: { ...metadata, profiles: ['container', 'datetime'] } },
    ],
    [
      'by its resource',
      { finding_info: { ...info, uid: 'x' }, resources: [{ ...resource, type: 'KubernetesAPIServer' }] },
    ],
    [
      'by its namespace',
      { finding_info: { ...info, uid: 'x' }, resources: [{ ...resource, namespace: 'kube-system' }] },
    ],
  ])('%s', (_how, change) => {
    expect(rejectOf({ ...clusterless, ...change })).toMatchObject({
      code: 'other_cloud',
      params: { provider: 'kubernetes' },
    })
  })

  test('but a container of an AWS account is not', () => {
    const inCluster = { ...prowler, metadata: { ...metadata, profiles: ['cloud', 'container'] } }
    expect(outcomeOf(inCluster).accountId).toBe('123456789012')
  })
})
