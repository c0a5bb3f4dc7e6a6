import { z } from 'zod'
import { fitsPattern } from '../../domain/policies/pattern'
import patterns from './several-per-resource.json'

/**
 * Checks that report several things under the ARN of one resource, such as each inline policy of a user under the
 * user's.
 */
const SEVERAL = z.array(z.string().min(1)).parse(patterns)

/**
 * The name of the part that a record of Prowler is about, if its check reports several parts of one resource; empty for
 * other checks.
 */
export function partOfResource(check: string, resourceId: string, name: string | null | undefined): string {
  if (!name || name === resourceId || !SEVERAL.some(pattern => fitsPattern(pattern, check))) return ''
  return name
}
