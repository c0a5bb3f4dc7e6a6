import { z } from 'zod'
import { AccountId } from './account-id'

export const ConfirmContacts = z.object({ id: AccountId })
export type ConfirmContacts = z.infer<typeof ConfirmContacts>

/** The alternate contacts of AWS, in the order of its console. */
export const contactKinds = ['billing', 'operations', 'security'] as const

const Contact = z
  .object({ name: z.string().nullish(), title: z.string().nullish(), email: z.string().nullish() })
  .nullable()
export type Contact = z.infer<typeof Contact>

/** The type of the resource that the contacts of an account are stored as. */
export const CONTACTS_TYPE = 'AWS::Account::Contacts'

/** The data of such a resource. */
export const Contacts = z.object({ billing: Contact, operations: Contact, security: Contact })
export type Contacts = z.infer<typeof Contacts>

/** After so many days somebody has to confirm the contacts again: CIS AWS Foundations Benchmark 1.1, reviewed once a year. */
const CONTACTS_DAYS = 365

/** Whether there is anything to confirm. */
export function isAnySet(contacts: Contacts): boolean {
  return contactKinds.some(kind => contacts[kind] !== null)
}

/** The contacts of an account as AWS has them, and who confirmed them last. */
export interface ContactsView {
  contacts: Contacts
  confirmedAt: Date | null
  /** Empty for somebody who has left. */
  confirmedBy: string
}

/** Whether nobody has confirmed them for a year. */
export function isContactReviewDue(confirmedAt: Date | null, at: Date): boolean {
  return confirmedAt === null || at.getTime() - confirmedAt.getTime() >= CONTACTS_DAYS * 86_400_000
}
