'use server'

import { action } from '@/lib/action'
import { SavePrice, SaveUnopenedDays } from '@/lib/domain/feeds/sources'
import { savePrice, saveUnopenedDays } from '@/lib/store/feeds/source-settings'

const refresh = ['/sources'] as const

export const price = action({ needs: 'accounts:manage', input: SavePrice, run: savePrice, refresh })

export const unopenedDays = action({
  needs: 'accounts:manage',
  input: SaveUnopenedDays,
  run: saveUnopenedDays,
  refresh,
})
