import 'server-only'
import type { Access } from '../access/proof'
import type { AccountFilter } from '../domain/account-filter'
import type { AccountRow } from '../domain/views'
import { AppError } from '../errors'

export async function listAccounts(access: Access<'findings:read'>, filter: AccountFilter): Promise<AccountRow[]> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, filter]) })
}
