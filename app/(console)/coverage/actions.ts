'use server'

import { action } from '@/lib/action'
import { RetryCell } from '@/lib/domain/collection/coverage'
import { retryCell } from '@/lib/store/collection/retry'

const refresh = ['/coverage', '/coverage/[accountId]', '/settings/connections'] as const

export const retry = action({ needs: 'accounts:manage', input: RetryCell, run: retryCell, refresh })
