import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { CONTACTS_TYPE, type ConfirmContacts, Contacts, isAnySet } from '../../domain/accounts/contacts'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { isWritten } from '../../sql/written-assets'
import { recordAudit } from '../audit/audit'
import { repeatChecks } from '../checks/requests'
import { lockAccounts } from './lock'

const { sql } = Prisma

/**
 * Records that somebody has checked the contacts of an account. Throws NotFoundError outside the actor's accounts, and
 * AppError where no contact is set in AWS.
 */
export async function confirmContacts(access: Access<'accounts:manage'>, { id }: ConfirmContacts): Promise<void> {
  const scope = accountFilter(access)
  if (scope !== null && !scope.includes(id)) throw new NotFoundError()
  const { actor } = access
  await prisma().$transaction(async tx => {
    await lockAccounts(tx, [id])
    const account = await tx.account.findUnique({ where: { id } })
    if (!account) throw new NotFoundError()
    const [resource] = await runIn<{ data: unknown }>(
      tx,
      sql`SELECT r.data FROM asset r WHERE r.account_id = ${id} AND ${isWritten(sql`r`, CONTACTS_TYPE)}`,
    )
    const contacts = Contacts.safeParse(resource?.data).data
    if (!contacts || !isAnySet(contacts)) throw new AppError('conflict', { reason: 'contactsUnset' })
    const contactsConfirmedBy = actor.kind === 'member' ? actor.id : null
    await tx.account.update({ where: { id }, data: { contactsConfirmedAt: now(), contactsConfirmedBy } })
    await repeatChecks(tx, id)
    const detail = { before: account.contactsConfirmedAt?.toISOString() ?? null }
    await recordAudit(tx, access, { action: 'account.contacts', target: `account:${id}`, accountId: id, detail })
  })
}
