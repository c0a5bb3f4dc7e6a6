import { z } from 'zod'

/** An AWS account id: 12 digits, text because of leading zeros. */
export const AccountId = z.string().regex(/^\d{12}$/)
export type AccountId = z.infer<typeof AccountId>

/**
 * The account that a principal of a policy belongs to: its id, or the one at its place in an ARN; null for others, such as
 * services. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function accountOfPrincipal(principal: string): AccountId | null {
  const [, alone, inArn] = /^(?:(\d{12})|arn:[^:]*:[^:]*:[^:]*:(\d{12}):.*)$/s.exec(principal) ?? []
  return alone ?? inArn ?? null
}
