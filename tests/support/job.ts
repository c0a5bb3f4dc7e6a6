import { jobAccess as grantedJobAccess } from '../../lib/access/job'
import { permissions } from '../../lib/domain/people/role'

/** A job with every permission, to prepare tests. */
export function jobAccess(name: string) {
  return grantedJobAccess(name, { permissions })
}
