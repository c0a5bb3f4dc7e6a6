import 'server-only'
import type { Access } from '../access/proof'
import type { AccountId } from '../domain/account-id'
import type { AccountPosture } from '../domain/views'
import { AppError } from '../errors'

export async function getAccount(access: Access<'findings:read'>, id: AccountId): Promise<AccountPosture> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, id]) })
}
