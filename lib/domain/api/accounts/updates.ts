import { z } from 'zod'
import { Count } from '../view'

const ApiAccountUpdate = z.strictObject({
  kind: z.enum(['image', 'package']).describe('A new image, or a newer version of a package'),
  key: z.string().describe('ARN of the image, or the installed package with its version'),
  image: z.string().nullable().describe('Repository and tags of an image'),
  version: z.string().nullable().describe('The version of the package that closes what was looked at'),
  resources: Count.describe('Resources that it is for'),
  total: Count.describe('Open vulnerabilities that it closes, by severity below'),
  critical: Count,
  high: Count,
  medium: Count,
  low: Count,
  informational: Count,
})

/** What can be updated in an account. */
export const accountUpdates = {
  updates: z
    .array(ApiAccountUpdate)
    .describe('The ten updates that close most of the 10,000 worst vulnerabilities, weighted like the score'),
}
