'use server'

import { z } from 'zod'
import { action } from '@/lib/action'
import { DuePolicy, SaveDuePolicy } from '@/lib/domain/policies/due-policy'
import { SaveKnownExploited } from '@/lib/domain/vulnerabilities/known-exploited'
import { previewDuePolicy } from '@/lib/queries/policies/due-policy'
import { saveDuePolicy } from '@/lib/store/policies/due-policy'
import { saveKnownExploited, updateKnownExploited } from '@/lib/store/vulnerabilities/known-exploited'

export const preview = action({ needs: 'accounts:manage', input: DuePolicy, run: previewDuePolicy })
export const save = action({
  needs: 'accounts:manage',
  input: SaveDuePolicy,
  run: saveDuePolicy,
  refresh: ['/settings/due-dates', '/findings', '/teams/[team]'],
})

export const loadKnownExploited = action({
  needs: 'accounts:manage',
  input: SaveKnownExploited,
  run: saveKnownExploited,
  refresh: ['/settings/due-dates', '/findings', '/teams/[team]'],
})
export const downloadKnownExploited = action({
  needs: 'accounts:manage',
  input: z.strictObject({}),
  run: updateKnownExploited,
  refresh: ['/settings/due-dates', '/findings', '/teams/[team]'],
})
