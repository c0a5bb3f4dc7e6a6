'use server'

import { ById } from '@/lib/access/member-input'
import { action } from '@/lib/action'
import { revokeOwnToken } from '@/lib/store/people/tokens'

export const endOwnToken = action({
  needs: [],
  input: ById,
  run: revokeOwnToken,
  refresh: ['/settings/profile'],
})
