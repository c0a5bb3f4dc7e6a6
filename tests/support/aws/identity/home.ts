import { CredentialStore, type Credentials } from './credentials'

/** Where Hinomi runs in tests: it has the credentials of a session of this role. */
export const HOME = { account: '111111111111', role: 'Hinomi' }
export const HOME_REGION = 'ap-northeast-1'
const DAY_MS = 86_400_000

/** The credentials of the server. They are the first of their store, and so the same in each. */
export function homeCredentials(store = new CredentialStore(), now = new Date()): Credentials {
  return store.forSession(HOME.account, HOME.role, 'server', new Date(now.getTime() + DAY_MS))
}

/** The environment that makes a process of Hinomi use an emulator at this address, also one that starts later. */
export function homeEnvironment(endpoint: string, home: Credentials = homeCredentials()): Record<string, string> {
  return {
    HINOMI_AWS_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: home.accessKeyId,
    AWS_SECRET_ACCESS_KEY: home.secretAccessKey,
    AWS_SESSION_TOKEN: home.sessionToken ?? '',
    AWS_REGION: HOME_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
