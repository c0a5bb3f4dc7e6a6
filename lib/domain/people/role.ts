/** All permissions. Roles and their permissions: lib/access/permissions.ts. */
export const permissions = [
  'findings:read',
  'findings:triage',
  'findings:triage-any',
  'exceptions:request',
  'exceptions:approve',
  'imports:read',
  'imports:write',
  'imports:close',
  'imports:confirm',
  'accounts:manage',
  'audit:read',
  'export:read',
  'members:manage',
  'tokens:manage',
  'connections:manage',
] as const
export type Permission = (typeof permissions)[number]

export const roles = ['viewer', 'auditor', 'member', 'lead', 'admin'] as const
export type Role = (typeof roles)[number]

/** Permissions of tokens. Some are of people only: a leaked token must not create another, or choose accounts for Hinomi to read. */
export const tokenPermissions = permissions.filter(
  permission =>
    permission !== 'members:manage' && permission !== 'tokens:manage' && permission !== 'connections:manage',
)
export type TokenPermission = (typeof tokenPermissions)[number]

/** Permissions of a new collector token. */
export const collectorPermissions = ['imports:write', 'imports:close'] as const satisfies readonly TokenPermission[]

/** Whether a token only sends reports: a collector, which keeps working when the person who created it leaves. */
export function isCollector(permissions: readonly Permission[]): boolean {
  const sends = (permission: Permission) => permission.startsWith('imports:') && permission !== 'imports:confirm'
  return permissions.length > 0 && permissions.every(sends)
}
