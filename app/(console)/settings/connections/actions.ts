'use server'

import { action } from '@/lib/action'
import { AddConnection, CancelRound, ConnectionById, UpdateConnection } from '@/lib/domain/collection/connection'
import { AddEventKey, AddQueue, EventPartById } from '@/lib/domain/collection/events/queue'
import { SetWriteBack } from '@/lib/domain/collection/write-back/settings'
import { startFullRound } from '@/lib/jobs/collection/ask'
import { testConnection } from '@/lib/jobs/collection/connect'
import { addConnection, dropConnection, updateConnection } from '@/lib/store/collection/connections'
import { cancelRound } from '@/lib/store/collection/rounds'
import { addEventKey, removeEventKey } from '@/lib/store/events/keys'
import { removeQueue as dropQueue, addQueue as storeQueue } from '@/lib/store/events/queues'
import { setWriteBack as storeWriteBack } from '@/lib/store/write-back/settings'

const needs = 'connections:manage'
const refresh = ['/settings/connections', '/settings/connections/[id]', '/coverage'] as const

export const add = action({ needs, recent: true, input: AddConnection, run: addConnection, refresh })
export const change = action({ needs, input: UpdateConnection, run: updateConnection, refresh })
export const remove = action({ needs, input: ConnectionById, run: dropConnection, refresh })
export const test = action({ needs: [needs, 'accounts:manage'], input: ConnectionById, run: testConnection })
export const start = action({ needs: 'accounts:manage', input: ConnectionById, run: startFullRound, refresh })
export const cancel = action({ needs: 'accounts:manage', input: CancelRound, run: cancelRound, refresh })
export const addQueue = action({ needs, recent: true, input: AddQueue, run: storeQueue, refresh })
export const removeQueue = action({ needs, input: EventPartById, run: dropQueue, refresh })
export const addKey = action({ needs, recent: true, input: AddEventKey, run: addEventKey, refresh })
export const removeKey = action({ needs, input: EventPartById, run: removeEventKey, refresh })
/** Whoever finds a session open may stop writing, but not begin it or name another role. */
export const setWriteBack = action({
  needs,
  recent: ({ enabled }) => enabled,
  input: SetWriteBack,
  run: storeWriteBack,
  refresh,
})
