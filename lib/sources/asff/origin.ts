import type { SourceId } from '../../domain/imports/outcome'
import { firstText } from '../values/text'
import type { AsffFinding } from './schema'

export interface Origin {
  source: SourceId
  /** Name of the product for people. */
  product: string
}

/** Names of AWS's products by the tail of their ProductArn: arn:aws:securityhub:<region>::product/aws/<name>. */
const AWS_PRODUCTS: ReadonlyMap<string, string> = new Map([
  ['securityhub', 'Security Hub'],
  ['guardduty', 'GuardDuty'],
  ['inspector', 'Inspector'],
  ['macie', 'Macie'],
  ['access-analyzer', 'IAM Access Analyzer'],
  ['firewall-manager', 'Firewall Manager'],
  ['config', 'Config'],
  ['health', 'Health'],
  ['detective', 'Detective'],
  ['ssm-patch-manager', 'Systems Manager Patch Manager'],
  ['iot-device-defender', 'IoT Device Defender'],
])

const PRODUCT_ARN = /^arn:[^:]*:securityhub:[^:]*:[^:]*:product\/(.+)$/

/** The feed and the product of a finding: the tool that found it, whatever delivers it. */
export function originOf(finding: AsffFinding, fields: Record<string, unknown>): Origin {
  const tail = PRODUCT_ARN.exec(finding.ProductArn ?? '')?.[1]
  if (
    fields.ProviderName === 'Prowler' ||
    finding.ProductName === 'Prowler' ||
    tail === 'prowler/prowler' ||
    finding.GeneratorId?.startsWith('prowler-')
  ) {
    return { source: 'prowler', product: 'Prowler' }
  }
  return { source: tail === undefined ? 'asff' : 'security-hub', product: productName(finding, fields, tail) }
}

function productName(finding: AsffFinding, fields: Record<string, unknown>, tail: string | undefined): string {
  // Security Hub calls every custom integration "Default"; the tool's own fields are better.
  const names = [finding.ProductName, fields['aws/securityhub/ProductName'], fields.ProductName, fields.ProviderName]
  const named = firstText(...names.map(name => (name === 'Default' ? '' : name)))
  if (named) return named
  const last = tail?.split('/').at(-1) ?? ''
  if (last === '' || last === 'default') return firstText(fields.Provider) || 'ASFF'
  return AWS_PRODUCTS.get(last) ?? last.charAt(0).toUpperCase() + last.slice(1)
}
