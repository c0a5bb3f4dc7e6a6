import { z } from 'zod'
import type { SourceId } from '../../imports/outcome'
import type { CollectorId } from '../collectors'

/**
 * Findings of a product that the second version of Security Hub repeats, and the collector that reads them where they
 * come from.
 */
interface Repeated {
  /** The end of the ARN that the product has there. */
  readonly slug: string
  /** The name that its findings have. */
  readonly product: string
  readonly by: CollectorId
}

/**
 * https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html. Coverage findings ask what the settings
 * of services say.
 */
export const readElsewhere: readonly Repeated[] = [
  { slug: 'securityhub', product: 'Security Hub', by: 'security-hub' },
  { slug: 'guardduty', product: 'GuardDuty', by: 'guardduty' },
  { slug: 'inspector', product: 'Inspector', by: 'inspector' },
  { slug: 'macie', product: 'Macie', by: 'macie' },
  { slug: 'access-analyzer', product: 'IAM Access Analyzer', by: 'access-analyzer' },
  { slug: 'securityhub-coverage', product: 'Security Hub Coverage', by: 'services' },
]

const OfProduct = z.object({ metadata: z.object({ product: z.object({ uid: z.string() }) }) })

/** Whether a finding in OCSF is one that another collector reads. */
export function isReadElsewhere(finding: unknown): boolean {
  const read = OfProduct.safeParse(finding)
  const [, slug] = /:productv2\/aws\/([^/]+)$/.exec(read.data?.metadata.product.uid ?? '') ?? []
  return readElsewhere.some(each => each.slug === slug)
}

/** Whether collected reports of a source say nothing about a product, so that its absence there closes nothing. */
export function isLeftOut(source: SourceId, product: string): boolean {
  return source === 'security-hub-v2' && readElsewhere.some(each => each.product === product)
}
