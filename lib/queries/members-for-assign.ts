import 'server-only'
import type { Access } from '../access/proof'
import type { AccountId } from '../domain/account-id'
import type { Person } from '../domain/views'
import { AppError } from '../errors'

export async function listAssignable(
  access: Access<'findings:read'>,
  accountIds: readonly AccountId[],
): Promise<Person[]> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, accountIds]) })
}
