'use server'

import { action } from '@/lib/action'
import { AccountRules, SaveAccountRules } from '@/lib/domain/accounts/rules'
import { previewAccountRules } from '@/lib/queries/accounts/rules'
import { saveAccountRules } from '@/lib/store/accounts/account-rules'

export const preview = action({ needs: 'accounts:manage', input: AccountRules, run: previewAccountRules })
export const save = action({
  needs: 'accounts:manage',
  input: SaveAccountRules,
  run: saveAccountRules,
  refresh: ['/settings/account-rules', '/accounts', '/accounts/[accountId]', '/findings', '/teams/[team]'],
})
