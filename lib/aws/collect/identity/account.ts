import 'server-only'
import type { WrittenType } from '../../../domain/collection/resources/written-types'
import { partitionOf } from '../../../domain/commands/command-values'
import type { CellCalls, Collector, Page } from '../collector'
import { inventoryOf, orNull } from '../inventory'

const CONTACTS = ['SECURITY', 'OPERATIONS', 'BILLING'] as const

/** Contacts of an account and its block of public access to S3. */
export const account: Collector = { id: 'account', collect }

async function* collect(calls: CellCalls): AsyncGenerator<Page> {
  const arn = `arn:${partitionOf(calls.region).partition}:account::${calls.account}:account`
  const of = (type: WrittenType, data: Record<string, unknown>) =>
    inventoryOf(calls, { type, arn, name: calls.account, data })
  const contacts = await contactsOf(calls)
  const block = await orNull(
    calls.call('s3-control:GetPublicAccessBlock', { AccountId: calls.account }),
    'NoSuchPublicAccessBlockConfiguration',
  )
  yield {
    records: [
      of('AWS::Account::Contacts', contacts),
      of('AWS::S3::AccountPublicAccessBlock', { block: block?.PublicAccessBlockConfiguration ?? null }),
    ],
    next: null,
  }
}

/** Addresses and telephone numbers are left out: no check needs them. */
async function contactsOf(calls: CellCalls): Promise<Record<string, unknown>> {
  const { ContactInformation: company } = await calls.call('account:GetContactInformation', {})
  const data: Record<string, unknown> = { company: company?.CompanyName ?? null, country: company?.CountryCode ?? null }
  for (const AlternateContactType of CONTACTS) {
    const answer = await orNull(
      calls.call('account:GetAlternateContact', { AlternateContactType }),
      'ResourceNotFoundException',
    )
    const contact = answer?.AlternateContact
    data[AlternateContactType.toLowerCase()] = contact
      ? { name: contact.Name, title: contact.Title, email: contact.EmailAddress }
      : null
  }
  return data
}
