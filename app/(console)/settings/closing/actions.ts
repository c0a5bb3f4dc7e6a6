'use server'

import { action } from '@/lib/action'
import { ClosingLimit } from '@/lib/domain/feeds/closing'
import { saveClosingLimit } from '@/lib/store/feeds/closing-limit'

export const save = action({
  needs: 'imports:confirm',
  input: ClosingLimit,
  run: saveClosingLimit,
  refresh: ['/settings/closing'],
})
