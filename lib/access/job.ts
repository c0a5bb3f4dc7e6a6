import 'server-only'
import { type Permission, permissions } from './permissions'
import { type Access, prove } from './proof'

/**
 * The proof of a background job: every permission, every account, written to the audit log under the job's name. `ip` is that of a
 * request where the product itself acts on it.
 */
export function jobAccess(name: string, ip: string | null = null): Access<Permission> {
  return prove(
    { actor: { kind: 'job', id: name, name }, accounts: 'all', ip, granted: new Set(permissions) },
    permissions,
  )
}
