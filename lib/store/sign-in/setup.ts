import 'server-only'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { memberGrant } from '../../access/grant'
import { jobAccess } from '../../access/job'
import { prove } from '../../access/proof'
import { recordSetupRefused } from '../../access/refusals/refused-links'
import { hashPassword, requireStrongPassword } from '../../access/sign-in/password'
import { prisma } from '../../db'
import { AppError } from '../../errors'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockMembers } from '../people/lock'
import { toFreeName } from '../people/names'
import { holdTeams } from '../teams/rows'

const SETUP = 'setup'
const Setup = z.object({ tokenHash: z.string().regex(/^[0-9a-f]{64}$/) })

export interface FirstAdmin {
  name: string
  email: string
  password: string
}

/** The state of a set-up link: `done` as soon as there is a member, whatever the link. */
export async function setupState(token: string | null): Promise<'open' | 'wrong' | 'done'> {
  if ((await prisma().member.count()) > 0) return 'done'
  return (await isSetupToken(prisma(), token ?? '')) ? 'open' : 'wrong'
}

/**
 * Creates the first administrator. Runs before anybody can sign in: its proof is the token that the launcher printed,
 * and that there is no member yet. Of two calls at once, one wins.
 */
export async function claimSetup(token: string, admin: FirstAdmin, ip: string | null): Promise<{ email: string }> {
  // Checked before the expensive hash, so that strangers cannot keep the server busy.
  const state = await setupState(token)
  if (state !== 'open') {
    await recordSetupRefused(state === 'done' ? 'done' : 'unknown', ip)
    throw new AppError('conflict', { reason: state === 'done' ? 'setupDone' : 'linkInvalid' })
  }
  requireStrongPassword(admin.password, admin)
  const passwordHash = await hashPassword(admin.password)
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    if ((await tx.member.count()) > 0) throw new AppError('conflict', { reason: 'setupDone' })
    if (!(await isSetupToken(tx, token))) throw new AppError('conflict', { reason: 'linkInvalid' })
    const member = await tx.member.create({
      data: { email: admin.email, name: admin.name, passwordHash, role: 'admin', teams: await activeTeamIds(tx) },
    })
    await tx.setting.deleteMany({ where: { key: SETUP } })
    const self = { ...member, role: 'admin', accounts: 'all' } as const
    await recordAudit(tx, prove(memberGrant(self, ip), []), {
      action: 'setup.claim',
      target: `member:${member.id}`,
      detail: { email: admin.email },
    })
    return { email: member.email }
  })
}

/**
 * Creates an administrator with the address of HINOMI_ADMIN_EMAIL if no present or former member has it. Never changes
 * a member, so that it can run at every start. Returns whether it created one.
 */
export async function ensureAdmin(email: string, password: string): Promise<boolean> {
  const address = z.email().max(254).parse(email.trim().toLowerCase())
  if (await prisma().member.findUnique({ where: { email: address } })) return false
  // The same rule as on the set-up page.
  if (password.length < 12) throw new AppError('invalid', { reason: 'passwordShort', field: 'password' })
  requireStrongPassword(password, { email: address, name: '' })
  const passwordHash = await hashPassword(password)
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    if (await tx.member.findUnique({ where: { email: address } })) return false
    const name = await toFreeName(tx, address.split('@')[0] ?? address, address, null)
    const member = await tx.member.create({
      data: { email: address, name, passwordHash, role: 'admin', teams: await activeTeamIds(tx) },
    })
    await recordAudit(tx, jobAccess('setup'), {
      action: 'setup.admin',
      target: `member:${member.id}`,
      detail: { email: address },
    })
    return true
  })
}

async function activeTeamIds(tx: ModelTx): Promise<string[]> {
  return (await holdTeams(tx)).filter(team => !team.retired).map(team => team.id)
}

async function isSetupToken(db: ModelTx, token: string): Promise<boolean> {
  const row = await db.setting.findUnique({ where: { key: SETUP } })
  const setup = Setup.safeParse(row?.value)
  return setup.success && setup.data.tokenHash === createHash('sha256').update(token).digest('hex')
}
