import { prisma } from '../../lib/db'
import type { Role } from '../../lib/domain/people/role'
import type { Member } from '../../lib/generated/prisma/client'
import { addPasskey, beginPasskey } from '../../lib/store/passkeys/passkeys'
import { Authenticator, type Twist } from './passkey-device'
import { accessOf, addMember } from './people'

export const party = { id: 'hinomi.example.com', origin: 'https://hinomi.example.com' }

/** A member with a session whose id is the member's id. */
export async function signedIn(role: Role) {
  const member = await addMember(role)
  await prisma().session.create({ data: { id: member.id, memberId: member.id } })
  return member
}

async function register(member: Member, defaults: Twist = {}, name = 'Laptop') {
  const access = accessOf(member, 'member')
  const device = new Authenticator(party.origin, party.id, defaults)
  const registration = device.create(await beginPasskey(access, access.actor.id, party))
  const { id } = await addPasskey(access, access.actor.id, party, { name, registration })
  return { access, device, id }
}

export async function memberWithPasskey(defaults: Twist = {}) {
  const member = await signedIn('member')
  return { member, ...(await register(member, defaults)) }
}
