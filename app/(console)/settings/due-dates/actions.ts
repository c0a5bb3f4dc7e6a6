'use server'

import { action } from '@/lib/action'
import { DuePolicy, SaveDuePolicy } from '@/lib/domain/due-policy'
import { previewDuePolicy } from '@/lib/queries/due-policy'
import { saveDuePolicy } from '@/lib/store/due-policy'

export const preview = action({ needs: 'accounts:manage', input: DuePolicy, run: previewDuePolicy })
export const save = action({
  needs: 'accounts:manage',
  input: SaveDuePolicy,
  run: saveDuePolicy,
  refresh: ['/settings/due-dates', '/findings', '/[team]'],
})
