import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { Emulator } from './emulator'
import { ROLE } from './organisation/identities'

/** Settings of an SDK client with the credentials of the server. */
export function asHome(emulator: Emulator, region: string) {
  return { endpoint: emulator.endpoint, region, credentials: emulator.home, maxAttempts: 1 }
}

/** Settings of an SDK client that has assumed the role of a member. */
export async function asMember(emulator: Emulator, account: string, externalId: string, region: string) {
  const sts = new STSClient(asHome(emulator, region))
  const RoleArn = `arn:aws:iam::${account}:role/${ROLE}`
  const input = { RoleArn, RoleSessionName: 'hinomi-test', ExternalId: externalId }
  const { Credentials } = await sts.send(new AssumeRoleCommand(input))
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
  return { ...asHome(emulator, region), credentials }
}
