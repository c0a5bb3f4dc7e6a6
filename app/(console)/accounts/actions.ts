'use server'

import { action } from '@/lib/action'
import { ConfirmContacts } from '@/lib/domain/accounts/contacts'
import { CloseAccount, RegisterAccount, ReopenAccount, UpdateAccount } from '@/lib/domain/accounts/filter'
import { registerAccount, updateAccount } from '@/lib/store/accounts/accounts'
import { closeAccount as close, reopenAccount as reopen } from '@/lib/store/accounts/close-account'
import { confirmContacts as confirm } from '@/lib/store/accounts/contacts'

const refresh = ['/accounts', '/accounts/[accountId]', '/findings', '/teams/[team]'] as const

export const changeAccount = action({ needs: 'accounts:manage', input: UpdateAccount, run: updateAccount, refresh })
export const addAccount = action({ needs: 'accounts:manage', input: RegisterAccount, run: registerAccount, refresh })
export const closeAccount = action({ needs: 'accounts:manage', input: CloseAccount, run: close, refresh })
export const reopenAccount = action({ needs: 'accounts:manage', input: ReopenAccount, run: reopen, refresh })
export const confirmContacts = action({
  needs: 'accounts:manage',
  input: ConfirmContacts,
  run: confirm,
  refresh: ['/accounts/[accountId]'],
})
