'use server'

import { action } from '@/lib/action'
import { AccountRules, SaveAccountRules, TryAccountRule } from '@/lib/domain/accounts/rules'
import { previewAccountRules, tryAccountRule } from '@/lib/queries/accounts/rules'
import { saveAccountRules } from '@/lib/store/accounts/account-rules'

export const preview = action({ needs: 'accounts:manage', input: AccountRules, run: previewAccountRules })
export const tryRule = action({ needs: 'accounts:manage', input: TryAccountRule, run: tryAccountRule })
export const save = action({
  needs: 'accounts:manage',
  input: SaveAccountRules,
  run: saveAccountRules,
  refresh: ['/settings/account-rules', '/accounts', '/accounts/[accountId]', '/findings', '/teams/[team]'],
})
