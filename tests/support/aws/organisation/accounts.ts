import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  EnableAWSServiceAccessCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import type { Emulator } from '../emulator'
import { setUpIn } from './connection'
import type { Organisation } from './organisation'

/** The accounts in their organizational units, with the tags that say whose they are. */
export async function createAccounts(emulator: Emulator, management: string): Promise<Organisation> {
  const client = new OrganizationsClient(setUpIn(emulator, management, 'us-east-1'))
  const { Organization } = await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }))
  const root = (await client.send(new ListRootsCommand({}))).Roots?.[0]?.Id
  const place = async (name: string, unit: string, tags: Record<string, string>) => {
    const created = await client.send(new CreateOrganizationalUnitCommand({ ParentId: root, Name: unit }))
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
    const input = { AccountName: name, Email: `${name}@example.com`, Tags }
    const { CreateAccountStatus } = await client.send(new CreateAccountCommand(input))
    const AccountId = CreateAccountStatus?.AccountId ?? ''
    const to = created.OrganizationalUnit?.Id
    await client.send(new MoveAccountCommand({ AccountId, SourceParentId: root, DestinationParentId: to }))
    return AccountId
  }
  const payments = await place('payments', 'Production', { environment: 'production', team: 'payments' })
  const sandbox = await place('sandbox', 'Sandbox', { environment: 'development' })
  await client.send(new EnableAWSServiceAccessCommand({ ServicePrincipal: 'guardduty.amazonaws.com' }))
  return { id: Organization?.Id ?? '', management, payments, sandbox, accounts: [management, payments, sandbox] }
}
