import { type Permission, permissions, type Role, roles } from '../domain/people/role'

const viewer = ['findings:read', 'imports:read'] as const satisfies readonly Permission[]
const member = [
  ...viewer,
  'findings:triage',
  'exceptions:request',
  'imports:write',
] as const satisfies readonly Permission[]
const lead = [
  ...member,
  'findings:triage-any',
  'exceptions:approve',
  'imports:close',
  'imports:confirm',
  'accounts:manage',
  'audit:read',
  'export:read',
] as const satisfies readonly Permission[]

/** The permissions of each role; docs/reference/roles.md is generated from it. */
const TABLE: Record<Role, readonly Permission[]> = {
  viewer,
  auditor: [...viewer, 'audit:read', 'export:read'],
  member,
  lead,
  admin: permissions,
}

/** Whether a role has a permission: for hiding buttons as well as for the proof. */
export function can(role: Role, permission: Permission): boolean {
  return TABLE[role].includes(permission)
}

export function permissionsOf(role: Role): readonly Permission[] {
  return TABLE[role]
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text)
}

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}

/** A stored role. An unknown one, from a newer version, becomes the role with the fewest permissions. */
export function toRole(stored: string): Role {
  return isRole(stored) ? stored : 'viewer'
}

/** Roles whose members findings can be assigned to. */
export const assignableRoles: Role[] = roles.filter(role => can(role, 'findings:triage'))
