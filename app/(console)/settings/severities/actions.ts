'use server'

import { action } from '@/lib/action'
import { SaveControlSeverities } from '@/lib/domain/controls/severities'
import { saveControlSeverities } from '@/lib/store/policies/control-severity'

export const save = action({
  needs: 'accounts:manage',
  input: SaveControlSeverities,
  run: saveControlSeverities,
  refresh: ['/settings/severities', '/findings', '/teams/[team]'],
})
