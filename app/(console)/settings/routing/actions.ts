'use server'

import { action } from '@/lib/action'
import { RoutingRules, SaveRouting } from '@/lib/domain/policies/routing'
import { previewRouting } from '@/lib/queries/policies/routing'
import { saveRouting } from '@/lib/store/policies/routing'

export const preview = action({ needs: 'accounts:manage', input: RoutingRules, run: previewRouting })
export const save = action({
  needs: 'accounts:manage',
  input: SaveRouting,
  run: saveRouting,
  refresh: ['/settings/routing', '/findings', '/teams/[team]'],
})
