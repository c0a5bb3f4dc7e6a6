import type { SourceId } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { firstText, isRecord, shown } from '../values/text'
import type { OcsfFinding } from './schema'

export interface Origin {
  source: SourceId
  product: string
}

/** Security Hub V2 names its products productv2, also those of other vendors. */
const PRODUCT_V2 = /^arn:[^:]*:securityhub:[^:]*:[^:]*:productv2\//

export function originOf(finding: OcsfFinding): Origin {
  const product = finding.metadata?.product
  const name = firstText(product?.name, product?.vendor_name)
  if (name.toLowerCase() === 'prowler' || product?.uid === 'prowler') return { source: 'prowler', product: 'Prowler' }
  return { source: PRODUCT_V2.test(product?.uid ?? '') ? 'security-hub-v2' : 'ocsf', product: name || 'OCSF' }
}

/** Throws other_cloud if the finding is about another platform than AWS. */
export function requireAws(finding: OcsfFinding): void {
  const platform = platformOf(finding)
  if (platform !== '' && !/^(aws|amazon( web services)?)$/i.test(platform.trim())) {
    throw new RejectedRecord('other_cloud', { provider: shown(platform) })
  }
}

/** Prowler's ids begin with the platform: prowler-kubernetes-apiserver_always_pull_images_plugin-... */
const PROWLER_ID = /^prowler-([a-z0-9]+)-/

/** The platform of a finding; empty if it names none. */
function platformOf({ cloud, unmapped, finding_info: info, metadata, resources }: OcsfFinding): string {
  const named = firstText(cloud?.provider, isRecord(unmapped) ? unmapped.provider : undefined)
  if (named !== '') return named
  const prefix = PROWLER_ID.exec(info?.uid ?? '')?.[1]
  if (prefix) return prefix
  const [resource] = resources ?? []
  const inContainer = Array.isArray(metadata?.profiles) && metadata.profiles.includes('container')
  const ofCluster = /^kubernetes/i.test(resource?.type ?? '') || firstText(resource?.namespace) !== ''
  return !cloud && (inContainer || ofCluster) ? 'kubernetes' : ''
}
