'use server'

import { action } from '@/lib/action'
import { DuePolicy, SaveDuePolicy } from '@/lib/domain/policies/due-policy'
import { previewDuePolicy } from '@/lib/queries/policies/due-policy'
import { saveDuePolicy } from '@/lib/store/policies/due-policy'

export const preview = action({ needs: 'accounts:manage', input: DuePolicy, run: previewDuePolicy })
export const save = action({
  needs: 'accounts:manage',
  input: SaveDuePolicy,
  run: saveDuePolicy,
  refresh: ['/settings/due-dates', '/findings', '/[team]'],
})
