import 'server-only'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { CellCalls } from '../collector'
import { accountArn, inventoryOf, orNull } from '../inventory'
import { itemsOf } from '../paging'

/** Settings of IAM for the account, and its root user. */
export async function iamSettings(
  calls: CellCalls,
  root: Record<string, string> | undefined,
): Promise<InventoryLine[]> {
  const { SummaryMap } = await calls.call('iam:GetAccountSummary', {})
  const policy = await orNull(calls.call('iam:GetAccountPasswordPolicy', {}), 'NoSuchEntityException', 'NoSuchEntity')
  const { AccountAliases } = await calls.call('iam:ListAccountAliases', {})
  const input = { AssignmentStatus: 'Assigned' as const }
  const devices = await itemsOf(
    calls,
    'iam:ListVirtualMFADevices',
    input,
    { at: Marker => ({ ...input, Marker }), next: answer => answer.Marker },
    answer => answer.VirtualMFADevices,
  )
  const arn = accountArn(calls)
  const virtual = devices.some(({ SerialNumber }) => SerialNumber?.endsWith(':mfa/root-account-mfa-device'))
  const data = {
    summary: SummaryMap ?? {},
    passwordPolicy: policy?.PasswordPolicy ?? null,
    aliases: AccountAliases ?? [],
  }
  return [
    inventoryOf(calls, { type: 'AWS::IAM::AccountSettings', arn, name: calls.account, data }),
    inventoryOf(calls, {
      type: 'AWS::IAM::RootUser',
      arn,
      name: '<root_account>',
      data: { credentials: root ?? null, virtualMfa: virtual },
    }),
  ]
}

/** Identity providers that roles may trust, and certificates of servers. */
export async function iamProviders(calls: CellCalls): Promise<InventoryLine[]> {
  const records: InventoryLine[] = []
  const { OpenIDConnectProviderList } = await calls.call('iam:ListOpenIDConnectProviders', {})
  for (const { Arn: arn = '' } of OpenIDConnectProviderList ?? []) {
    const provider = await calls.call('iam:GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })
    const data = {
      url: provider.Url,
      audiences: provider.ClientIDList ?? [],
      thumbprints: provider.ThumbprintList ?? [],
      createdAt: provider.CreateDate,
      tags: provider.Tags ?? [],
    }
    records.push(inventoryOf(calls, { type: 'AWS::IAM::OIDCProvider', arn, name: nameIn(arn), data }))
  }
  const { SAMLProviderList } = await calls.call('iam:ListSAMLProviders', {})
  for (const { Arn: arn = '', ValidUntil, CreateDate } of SAMLProviderList ?? []) {
    const data = { validUntil: ValidUntil, createdAt: CreateDate }
    records.push(inventoryOf(calls, { type: 'AWS::IAM::SAMLProvider', arn, name: nameIn(arn), data }))
  }
  const certificates = await itemsOf(
    calls,
    'iam:ListServerCertificates',
    {},
    { at: Marker => ({ Marker }), next: answer => answer.Marker },
    answer => answer.ServerCertificateMetadataList,
  )
  for (const { Arn: arn = '', ServerCertificateName: name = '', Expiration, UploadDate } of certificates) {
    const data = { expiresAt: Expiration, uploadedAt: UploadDate }
    records.push(inventoryOf(calls, { type: 'AWS::IAM::ServerCertificate', arn, name, data }))
  }
  return records
}

/** The part of an ARN after the kind: `token.actions.githubusercontent.com`. */
function nameIn(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1)
}
