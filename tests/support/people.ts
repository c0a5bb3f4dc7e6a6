import { memberGrant } from '../../lib/access/grant'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { prisma } from '../../lib/db'
import type { Permission, Role } from '../../lib/domain/people/role'
import type { Member, Prisma } from '../../lib/generated/prisma/client'

let count = 0

/** A member with this role and a unique email address. */
export async function addMember(role: Role, data: Partial<Prisma.MemberCreateInput> = {}): Promise<Member> {
  count += 1
  const name = `${role} ${count}`
  return prisma().member.create({
    data: { email: `${role}${count}@example.com`, name, role, teams: ['sre'], ...data },
  })
}

/** The proof of everything that the member's role allows, in a session if one is given. */
export function accessOf(member: Member, role: Role, session?: string): Access<Permission> {
  const accounts = member.limited ? member.accounts : ('all' as const)
  const grant = memberGrant({ ...member, role, accounts, ...(session && { session }) }, '192.0.2.1')
  return prove(grant, permissionsOf(role))
}

/** The proof of a new administrator. */
export async function adminAccess(): Promise<Access<Permission>> {
  return accessOf(await addMember('admin'), 'admin')
}

export async function addFinding(accountId: string, data: Partial<Prisma.FindingUncheckedCreateInput> = {}) {
  const at = new Date('2026-01-01T00:00:00Z')
  return prisma().finding.create({
    data: {
      accountId,
      id: crypto.randomUUID(),
      class: 'posture',
      control: 'S3.1',
      region: 'ap-northeast-1',
      resourceId: 'arn:aws:s3:::example',
      resourceName: 'example',
      resourceType: 'AwsS3Bucket',
      packageName: '',
      title: 'A bucket is public',
      severity: 4,
      team: 'sre',
      firstSeenAt: at,
      firstObservedAt: at,
      openedAt: at,
      updatedAt: at,
      firstImportId: 1,
      changedImportId: 1,
      ...data,
    },
  })
}
