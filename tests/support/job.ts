import { jobAccess as grantedJobAccess } from '../../lib/access/job'
import { permissions } from '../../lib/domain/people/role'

/** A job that holds every permission as well, to set the stage of a test. */
export function jobAccess(name: string) {
  return grantedJobAccess(name, { permissions })
}
