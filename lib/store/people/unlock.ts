import 'server-only'
import type { ById } from '../../access/member-input'
import type { Access } from '../../access/proof'
import { forgetAddress } from '../../access/sign-in/attempts'
import { forgetCodes } from '../../access/sign-in/code-attempts'
import { prisma } from '../../db'
import { NotFoundError } from '../../errors'
import { recordAudit } from '../audit/audit'

/** Unlocks sign-in for a member after too many attempts. */
export async function unlockMember(access: Access<'members:manage'>, input: ById): Promise<void> {
  const email = await prisma().$transaction(async tx => {
    const member = await tx.member.findFirst({ where: { id: input.id, removedAt: null } })
    if (!member) throw new NotFoundError()
    const detail = { email: member.email }
    await recordAudit(tx, access, { action: 'member.unlock', target: `member:${member.id}`, detail })
    return member.email
  })
  await forgetAddress(email)
  await forgetCodes(input.id)
}
