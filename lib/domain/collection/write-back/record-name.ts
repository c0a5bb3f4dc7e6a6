import { z } from 'zod'

/**
 * The identifier of a finding in Security Hub CSPM:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFindingIdentifier.html
 */
export interface RecordName {
  productArn: string
  findingId: string
  region: string
}

const PRODUCT = /^arn:[^:]*:securityhub:([^:]*):[^:]*:product\/.+$/
const REGION = /^[a-z0-9-]{1,40}$/

const Identified = z.object({
  Id: z.string().min(1).max(2048),
  ProductArn: z.string().max(2048).regex(PRODUCT),
  AwsAccountId: z.string(),
  Region: z.string().optional(),
})

/**
 * The name of a record that Security Hub delivered. Null for records of other tools, which have no ARN of a product, or
 * of another account.
 */
export function recordNameOf(value: unknown, accountId: string): RecordName | null {
  const identified = Identified.safeParse(value)
  if (!identified.success || identified.data.AwsAccountId !== accountId) return null
  const { Id: findingId, ProductArn: productArn, Region } = identified.data
  const region = Region ?? PRODUCT.exec(productArn)?.[1] ?? ''
  return REGION.test(region) ? { productArn, findingId, region } : null
}
