import 'server-only'
import type { Access } from '../access/proof'
import type { RegisterAccount, UpdateAccount } from '../domain/account-filter'
import { AppError } from '../errors'

export async function updateAccount(access: Access<'accounts:manage'>, input: UpdateAccount): Promise<void> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, input]) })
}

export async function registerAccount(access: Access<'accounts:manage'>, input: RegisterAccount): Promise<void> {
  throw new AppError('unavailable', { reason: JSON.stringify([access.ip, input]) })
}
