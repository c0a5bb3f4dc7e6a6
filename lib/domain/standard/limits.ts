import { z } from 'zod'
import { plainText } from '../text/plain-text'

const days = (highest: number) => z.int().min(1).max(highest)
const names = (most: number) => z.array(plainText(128).min(1)).max(most)

/**
 * The limits that an organization may set. Limits of controls of AWS Security Hub only get stricter: a looser one would
 * be another control.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
 */
export const StandardLimits = z.strictObject({
  /** Days without a use of the root user. */
  rootUnusedDays: days(365).default(90),
  /** IAM.3 */
  keyRotationDays: days(90).default(90),
  /** IAM.22 */
  unusedDays: days(45).default(45),
  /** IAM.15 */
  passwordLength: z.int().min(14).max(128).default(14),
  /** Days that log files are kept at least. */
  logRetentionDays: days(3650).default(400),
  /** Keys of the tags that every account has. */
  accountTags: names(20).default(['owner-team', 'env', 'system']),
  /** Domains of the company's addresses; any if there is none. */
  contactDomains: names(50).default([]),
})
export type StandardLimits = z.infer<typeof StandardLimits>

/** Limits that are a number, in the order in which pages show them. */
export const numericLimits = [
  'rootUnusedDays',
  'keyRotationDays',
  'unusedDays',
  'passwordLength',
  'logRetentionDays',
] as const satisfies readonly (keyof StandardLimits)[]
