'use server'

import { action } from '@/lib/action'
import { ClosingLimit } from '@/lib/domain/closing'
import { saveClosingLimit } from '@/lib/store/closing-limit'

export const save = action({
  needs: 'imports:confirm',
  input: ClosingLimit,
  run: saveClosingLimit,
  refresh: ['/settings/closing'],
})
