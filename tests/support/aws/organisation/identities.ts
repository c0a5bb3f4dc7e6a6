import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { type Emulator, HOME } from '../emulator'
import { setUpIn } from './connection'

export const ROLE = 'HinomiReadOnly'
const GITHUB = 'token.actions.githubusercontent.com'
const VENDOR = '999999999999'

/** The role of an account that Hinomi assumes. */
export async function trustHinomi(emulator: Emulator, account: string, externalId: string, role = ROLE): Promise<void> {
  const client = clientOf(emulator, account)
  const trust = trustOf(
    { AWS: `arn:aws:iam::${HOME.account}:role/${HOME.role}` },
    { StringEquals: { 'sts:ExternalId': externalId } },
  )
  await client.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: trust }))
  const PolicyDocument = policyOf('*')
  await client.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: 'read', PolicyDocument }))
}

/** People, and where an account deploys from CI: a key, a provider of OpenID Connect, roles that trust too much. */
export async function createIdentities(emulator: Emulator, account: string, hasPipeline: boolean): Promise<void> {
  const client = clientOf(emulator, account)
  await client.send(new CreateUserCommand({ UserName: 'alice' }))
  if (!hasPipeline) return
  await client.send(new CreateUserCommand({ UserName: 'github-actions-deploy' }))
  const user = { UserName: 'github-actions-deploy' }
  await client.send(new PutUserPolicyCommand({ ...user, PolicyName: 'deploy', PolicyDocument: policyOf('ecs:*') }))
  const { AccessKey } = await client.send(new CreateAccessKeyCommand(user))
  const lastUsed = { LastUsedDate: new Date('2026-11-25T04:00:00Z'), ServiceName: 'ecs', Region: 'ap-northeast-1' }
  const key = {
    AccessKeyId: AccessKey?.AccessKeyId,
    Status: 'Active' as const,
    CreateDate: new Date('2023-05-10T00:00:00Z'),
  }
  emulator.store.put('iam.access-key', { account }, { ...user, ...key, lastUsed })
  await client.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${GITHUB}`, ClientIDList: ['sts.amazonaws.com'] }),
  )
  const federated = trustOf(
    { Federated: `arn:aws:iam::${account}:oidc-provider/${GITHUB}` },
    { StringLike: { [`${GITHUB}:sub`]: 'repo:example/*' } },
    'sts:AssumeRoleWithWebIdentity',
  )
  await client.send(new CreateRoleCommand({ RoleName: 'GitHubDeploy', AssumeRolePolicyDocument: federated }))
  const vendor = trustOf({ AWS: `arn:aws:iam::${VENDOR}:root` })
  await client.send(new CreateRoleCommand({ RoleName: 'VendorMonitoring', AssumeRolePolicyDocument: vendor }))
}

function clientOf(emulator: Emulator, account: string): IAMClient {
  return new IAMClient(setUpIn(emulator, account, 'us-east-1'))
}

function trustOf(Principal: object, Condition?: object, Action = 'sts:AssumeRole'): string {
  const statement = { Effect: 'Allow', Principal, Action, ...(Condition ? { Condition } : {}) }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

function policyOf(Action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })
}
