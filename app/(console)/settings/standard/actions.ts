'use server'

import { action } from '@/lib/action'
import { SaveStandardPage, SaveStandardPolicy } from '@/lib/domain/standard/settings'
import { saveStandardPage, saveStandardPolicy } from '@/lib/store/standard/policy'

const refresh = ['/settings/standard', '/standard', '/standard/document', '/accounts/[accountId]']

export const savePolicy = action({
  needs: 'accounts:manage',
  input: SaveStandardPolicy,
  run: saveStandardPolicy,
  refresh,
})
export const savePage = action({ needs: 'accounts:manage', input: SaveStandardPage, run: saveStandardPage, refresh })
