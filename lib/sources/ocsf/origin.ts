import type { SourceId } from '../../domain/outcome'
import { RejectedRecord } from '../../domain/reject'
import { firstText, isRecord, shown } from '../text'
import type { OcsfFinding } from './schema'

export interface Origin {
  source: SourceId
  product: string
}

/** Security Hub V2 names its products productv2, also those of others that it passes on. */
const PRODUCT_V2 = /^arn:[^:]*:securityhub:[^:]*:[^:]*:productv2\//

export function originOf(finding: OcsfFinding): Origin {
  const product = finding.metadata?.product
  const name = firstText(product?.name, product?.vendor_name)
  if (name.toLowerCase() === 'prowler' || product?.uid === 'prowler') return { source: 'prowler', product: 'Prowler' }
  return { source: PRODUCT_V2.test(product?.uid ?? '') ? 'security-hub-v2' : 'ocsf', product: name || 'OCSF' }
}

/** Throws other_cloud where the finding is about another provider than AWS. */
export function requireAws(finding: OcsfFinding): void {
  const unmapped = isRecord(finding.unmapped) ? finding.unmapped.provider : undefined
  const provider = firstText(finding.cloud?.provider, unmapped)
  if (provider !== '' && !/^(aws|amazon( web services)?)$/i.test(provider.trim())) {
    throw new RejectedRecord('other_cloud', { provider: shown(provider) })
  }
}
