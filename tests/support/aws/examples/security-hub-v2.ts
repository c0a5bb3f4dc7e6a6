import type { RegionalPlace } from './threats'

const AT = new Date('2026-11-20T03:00:00Z')

/** A finding in OCSF of the second version of Security Hub. `product`: what ends the ARN of its product, as `aws/guardduty`. */
export function ocsfFinding(
  { account, region }: RegionalPlace,
  {
    product = 'aws/securityhub-risk',
    name = 'Security Hub Exposure Analysis',
    resource = 'function-1',
    at = AT,
    ...more
  }: { product?: string; name?: string; resource?: string; at?: Date; [field: string]: unknown } = {},
) {
  const arn = `arn:aws:lambda:${region}:${account}:function:${resource}`
  const time = at.toISOString()
  return {
    activity_id: 2,
    activity_name: 'Update',
    class_name: 'Detection Finding',
    class_uid: 2004,
    cloud: { account: { uid: account }, provider: 'AWS', region },
    finding_info: {
      analytic: { name: 'Exposure', type: 'Rule', type_id: 1, uid: '0.0.1' },
      created_time_dt: time,
      modified_time_dt: time,
      desc: 'The function can be invoked by everybody and has a vulnerability that is exploited',
      title: 'Potential resource hijacking: function that everybody can invoke',
      types: ['Exposure/Potential Impact/Resource Hijacking'],
      uid: `arn:aws:securityhub:${region}:${account}:risk:${product}-${resource}`,
    },
    metadata: {
      product: { name, uid: `arn:aws:securityhub:${region}::productv2/${product}`, vendor_name: 'AWS' },
      uid: `${account} ${region} ${product} ${resource}`,
      version: '1.6.0',
    },
    resources: [{ cloud_partition: 'aws', region, type: 'AWS::Lambda::Function', uid: arn }],
    severity: 'Critical',
    severity_id: 5,
    status: 'New',
    status_id: 1,
    time: at.getTime(),
    time_dt: time,
    ...more,
  }
}
