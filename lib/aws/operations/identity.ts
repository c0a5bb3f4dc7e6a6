import 'server-only'
import type { OperationTable } from './operation'

/** The identities of an account, its contacts and its Regions. */
export const identity = {
  'account:GetAlternateContact': { iam: ['account:GetAlternateContact'], rate: 'default' },
  'account:GetContactInformation': { iam: ['account:GetContactInformation'], rate: 'default' },
  'account:ListRegions': { iam: ['account:ListRegions'], rate: 'default' },
  'iam:GenerateCredentialReport': { iam: ['iam:GenerateCredentialReport'], rate: 'iam' },
  'iam:GetAccessKeyLastUsed': { iam: ['iam:GetAccessKeyLastUsed'], rate: 'iam' },
  'iam:GetAccountAuthorizationDetails': { iam: ['iam:GetAccountAuthorizationDetails'], rate: 'iam' },
  'iam:GetAccountPasswordPolicy': { iam: ['iam:GetAccountPasswordPolicy'], rate: 'iam' },
  'iam:GetAccountSummary': { iam: ['iam:GetAccountSummary'], rate: 'iam' },
  'iam:GetCredentialReport': { iam: ['iam:GetCredentialReport'], rate: 'iam' },
  'iam:GetOpenIDConnectProvider': { iam: ['iam:GetOpenIDConnectProvider'], rate: 'iam' },
  'iam:ListAccessKeys': { iam: ['iam:ListAccessKeys'], rate: 'iam' },
  'iam:ListAccountAliases': { iam: ['iam:ListAccountAliases'], rate: 'iam' },
  'iam:ListOpenIDConnectProviders': { iam: ['iam:ListOpenIDConnectProviders'], rate: 'iam' },
  'iam:ListSAMLProviders': { iam: ['iam:ListSAMLProviders'], rate: 'iam' },
  'iam:ListServerCertificates': { iam: ['iam:ListServerCertificates'], rate: 'iam' },
  'iam:ListVirtualMFADevices': { iam: ['iam:ListVirtualMFADevices'], rate: 'iam' },
} as const satisfies OperationTable
