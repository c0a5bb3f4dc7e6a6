'use server'

import { action } from '@/lib/action'
import { RegisterAccount, UpdateAccount } from '@/lib/domain/account-filter'
import { registerAccount, updateAccount } from '@/lib/store/accounts'

const refresh = ['/accounts', '/accounts/[accountId]', '/findings', '/[team]'] as const

export const changeAccount = action({ needs: 'accounts:manage', input: UpdateAccount, run: updateAccount, refresh })
export const addAccount = action({ needs: 'accounts:manage', input: RegisterAccount, run: registerAccount, refresh })
