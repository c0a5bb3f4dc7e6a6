import { memberGrant } from '../../lib/access/grant'
import { permissionsOf, toRole } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { prisma } from '../../lib/db'
import { collectorPermissions, type Permission } from '../../lib/domain/people/role'
import { acceptInvite, createInvite } from '../../lib/store/people/invites'
import { updateMember } from '../../lib/store/people/members'
import { updateProfile } from '../../lib/store/people/profile'
import { createToken } from '../../lib/store/people/tokens'
import { ensureAdmin } from '../../lib/store/sign-in/setup'
import { createTeam } from '../../lib/store/teams/teams'
import { administrator, type DemoMember, demoPassword, invited, platform } from './organisation'

/** A person who acts in the history. */
export interface Person extends DemoMember {
  id: string
  access: Access<Permission>
}

/** From an address range for documentation. */
const ADDRESS = '192.0.2.10'

/** Creates the members as people would: the first administrator by set-up, the others by invitation. */
export async function admitPeople(): Promise<Person[]> {
  await ensureAdmin(administrator.email, demoPassword)
  const admin = await personOf(administrator)
  await createTeam(admin.access, platform)
  const { id, role, teams } = admin
  await updateMember(admin.access, { id, role, teams, limited: false, accounts: [] })
  const people = [admin]
  for (const member of invited) {
    const { email, role, teams, accounts } = member
    const scope = { limited: accounts !== null, accounts: accounts ?? [] }
    const { token } = await createInvite(admin.access, { email, role, teams, ...scope })
    await acceptInvite(token, { name: member.name, password: demoPassword }, ADDRESS)
    people.push(await personOf(member))
  }
  for (const { access, name, locale } of people) await updateProfile(access, { name, locale })
  return people
}

async function personOf(member: DemoMember): Promise<Person> {
  const row = await prisma().member.findUniqueOrThrow({ where: { email: member.email } })
  const role = toRole(row.role)
  const { id, email } = row
  const grant = memberGrant(
    { id, name: member.name, email, role, teams: row.teams, accounts: member.accounts ?? 'all' },
    ADDRESS,
  )
  return { ...member, id, access: prove(grant, permissionsOf(role)) }
}

/** The token of a program that sends reports. Its value is not stored: the demo acts in its name. */
export async function collectorAccess(admin: Person, name: string): Promise<Access<'imports:write'>> {
  const permissions = [...collectorPermissions]
  const { id } = await createToken(admin.access, {
    name,
    permissions,
    limited: false,
    accounts: [],
    expiresAt: new Date(Date.now() + 365 * 86_400_000),
  })
  return prove({ actor: { kind: 'token', id, name }, accounts: 'all', ip: ADDRESS, granted: new Set(permissions) }, [
    'imports:write',
  ])
}
