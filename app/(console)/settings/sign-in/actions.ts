'use server'

import { action } from '@/lib/action'
import { FactorPolicy } from '@/lib/domain/second-factor'
import { saveFactorPolicy } from '@/lib/store/factor-policy'

export const savePolicy = action({
  needs: 'members:manage',
  recent: true,
  input: FactorPolicy,
  run: saveFactorPolicy,
  refresh: ['/settings/sign-in'],
})
