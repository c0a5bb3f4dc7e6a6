import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { CONTACTS_TYPE, Contacts, type ContactsView } from '../../domain/accounts/contacts'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { isWritten } from '../../sql/written-assets'
import { accountInScope } from './rows'

const { sql } = Prisma

/** Null outside the reader's accounts, and where no collector has read the contacts. */
export async function accountContacts(access: Access<'accounts:manage'>, id: AccountId): Promise<ContactsView | null> {
  const [row] = await read<{ data: unknown; confirmedAt: Date | null; confirmedBy: string }>(
    sql`SELECT r.data, a.contacts_confirmed_at AS "confirmedAt", coalesce(nullif(m.name, ''), m.email::text, '') AS "confirmedBy"
      FROM account a JOIN asset r ON r.account_id = a.id AND ${isWritten(sql`r`, CONTACTS_TYPE)}
        LEFT JOIN member m ON m.id = a.contacts_confirmed_by
      WHERE a.id = ${id} AND a.closed_at IS NULL AND ${accountInScope(access)} LIMIT 1`,
  )
  const contacts = Contacts.safeParse(row?.data).data
  return row && contacts ? { contacts, confirmedAt: row.confirmedAt, confirmedBy: row.confirmedBy } : null
}
