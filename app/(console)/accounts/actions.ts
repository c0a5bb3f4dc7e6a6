'use server'

import { action } from '@/lib/action'
import { CloseAccount, RegisterAccount, ReopenAccount, UpdateAccount } from '@/lib/domain/account-filter'
import { closeAccount as close, reopenAccount as reopen } from '@/lib/store/account-closing'
import { registerAccount, updateAccount } from '@/lib/store/accounts'

const refresh = ['/accounts', '/accounts/[accountId]', '/findings', '/[team]'] as const

export const changeAccount = action({ needs: 'accounts:manage', input: UpdateAccount, run: updateAccount, refresh })
export const addAccount = action({ needs: 'accounts:manage', input: RegisterAccount, run: registerAccount, refresh })
export const closeAccount = action({ needs: 'accounts:manage', input: CloseAccount, run: close, refresh })
export const reopenAccount = action({ needs: 'accounts:manage', input: ReopenAccount, run: reopen, refresh })
