'use server'

import { action } from '@/lib/action'
import { FactorPolicy } from '@/lib/domain/sign-in/second-factor'
import { saveFactorPolicy } from '@/lib/store/sign-in/factor-policy'

export const savePolicy = action({
  needs: 'members:manage',
  recent: true,
  input: FactorPolicy,
  run: saveFactorPolicy,
  refresh: ['/settings/sign-in'],
})
