'use server'

import { action } from '@/lib/action'
import { RoutingRules, SaveRouting } from '@/lib/domain/routing'
import { previewRouting } from '@/lib/queries/routing'
import { saveRouting } from '@/lib/store/routing'

export const preview = action({ needs: 'accounts:manage', input: RoutingRules, run: previewRouting })
export const save = action({
  needs: 'accounts:manage',
  input: SaveRouting,
  run: saveRouting,
  refresh: ['/settings/routing', '/findings', '/[team]'],
})
