import { z } from 'zod'
import { isContactReviewDue } from '../../accounts/contacts'
import type { Unexamined } from '../../collection/lines'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { accountOf, evidenceOf, resultOf, seen, theOnly } from './parts'

const Contact = z.object({ email: z.string().nullish() }).nullable()
const Contacts = z.object({ security: Contact, operations: Contact, billing: Contact })
const Budget = z.object({
  type: z.string().nullable(),
  notifications: z.array(z.object({ type: z.string(), subscribers: z.number() })),
})

function contactsOf(inventory: Inventory) {
  return theOnly(inventory, 'AWS::Account::Contacts', Contacts)
}

/** Account.1, and where the organization has said which domains are its own, an address of one of them. */
function* securityContact(inventory: Inventory): Iterable<CheckResult> {
  const contacts = contactsOf(inventory)
  const domain = contacts.security?.email?.split('@')[1]?.toLowerCase() ?? null
  const own = inventory.limits.contactDomains.map(name => name.toLowerCase())
  const fits = domain !== null && (own.length === 0 || own.includes(domain))
  yield { resource: accountOf(inventory), result: resultOf(fits), evidence: evidenceOf({ contactDomain: domain }) }
}

function* otherContacts(inventory: Inventory): Iterable<CheckResult> {
  const contacts = contactsOf(inventory)
  const { operations, billing } = contacts
  const evidence = evidenceOf({ operationsContact: operations !== null, billingContact: billing !== null })
  yield { resource: accountOf(inventory), result: resultOf(operations !== null && billing !== null), evidence }
}

/** Somebody has looked at the contacts within a year. */
function* contactsConfirmed(inventory: Inventory): Iterable<CheckResult> {
  contactsOf(inventory)
  const { contactsConfirmedAt: at = null, now } = inventory
  const evidence = at ? [{ name: 'standardContactsConfirmed', value: at.toISOString(), as: 'time' as const }] : []
  yield { resource: accountOf(inventory), result: resultOf(!isContactReviewDue(at, now)), evidence }
}

/** A budget of costs that tells somebody about what was really spent. */
function* budgetAlert(inventory: Inventory): Iterable<CheckResult> {
  const budgets = seen(inventory, 'AWS::Budgets::Budget', Budget)
  const telling = budgets.filter(({ data }) => {
    return (
      data.type === 'COST' && data.notifications.some(({ type, subscribers }) => type === 'ACTUAL' && subscribers > 0)
    )
  })
  const evidence = evidenceOf({ budgets: budgets.length })
  yield { resource: accountOf(inventory), result: resultOf(telling.length > 0), evidence }
}

const ADVISOR = 'trusted-advisor'

/** Without a plan AWS refuses all of Trusted Advisor: that is the answer. */
function planUnknown(inventory: Inventory): Unexamined | null {
  const cell = inventory.cell(ADVISOR, 'global')
  const place = { region: 'global', collector: ADVISOR, action: cell?.action ?? null }
  if (!cell) return { ...place, state: 'unread' }
  return cell.state === 'ok' || cell.state === 'no_plan' ? null : { ...place, state: cell.state }
}

function* supportPlan(inventory: Inventory): Iterable<CheckResult> {
  const state = inventory.cell(ADVISOR, 'global')?.state
  if (state !== undefined) yield { resource: accountOf(inventory), result: resultOf(state === 'ok') }
}

const contacts = { needs: ['account'], regional: false, always: true } as const

export const accountChecks: readonly CheckDefinition[] = [
  { id: 'security-contact', controls: ['Account.1'], severity: 'medium', ...contacts, run: securityContact },
  { id: 'other-contacts', controls: ['hinomi/other-contacts'], severity: 'low', ...contacts, run: otherContacts },
  {
    id: 'contacts-confirmed',
    controls: ['hinomi/contacts-confirmed'],
    severity: 'low',
    ...contacts,
    run: contactsConfirmed,
  },
  {
    id: 'budget-alert',
    controls: ['hinomi/budget-alert'],
    severity: 'low',
    needs: ['budgets'],
    regional: false,
    always: true,
    run: budgetAlert,
  },
  {
    id: 'support-plan',
    controls: ['hinomi/support-plan'],
    severity: 'informational',
    needs: [ADVISOR],
    regional: false,
    unexamined: planUnknown,
    run: supportPlan,
  },
]
