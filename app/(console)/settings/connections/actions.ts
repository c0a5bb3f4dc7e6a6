'use server'

import { action } from '@/lib/action'
import { AddConnection, CancelRound, ConnectionById, UpdateConnection } from '@/lib/domain/collection/connection'
import { startFullRound } from '@/lib/jobs/collection/ask'
import { testConnection } from '@/lib/jobs/collection/connect'
import { addConnection, dropConnection, updateConnection } from '@/lib/store/collection/connections'
import { cancelRound } from '@/lib/store/collection/rounds'

const needs = 'connections:manage'
const refresh = ['/settings/connections', '/settings/connections/[id]', '/coverage'] as const

export const add = action({ needs, input: AddConnection, run: addConnection, refresh })
export const change = action({ needs, input: UpdateConnection, run: updateConnection, refresh })
export const remove = action({ needs, input: ConnectionById, run: dropConnection, refresh })
export const test = action({ needs: [needs, 'accounts:manage'], input: ConnectionById, run: testConnection })
export const start = action({ needs: 'accounts:manage', input: ConnectionById, run: startFullRound, refresh })
export const cancel = action({ needs: 'accounts:manage', input: CancelRound, run: cancelRound, refresh })
