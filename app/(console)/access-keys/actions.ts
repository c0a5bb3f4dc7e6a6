'use server'

import { action } from '@/lib/action'
import { MarkKey } from '@/lib/domain/access-keys/filter'
import { markKey } from '@/lib/store/access-keys/mark'

const refresh = ['/access-keys', '/access-keys/[accountId]/[keyId]'] as const

export const mark = action({ needs: 'findings:triage', input: MarkKey, run: markKey, refresh })
