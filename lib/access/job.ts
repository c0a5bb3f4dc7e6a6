import 'server-only'
import { type Permission, permissions } from './permissions'
import { type Access, prove } from './proof'

/** The proof of a background job: every permission, every account, written to the audit log under the job's name. */
export function jobAccess(name: string): Access<Permission> {
  return prove(
    { actor: { kind: 'job', id: name, name }, accounts: 'all', ip: null, granted: new Set(permissions) },
    permissions,
  )
}
