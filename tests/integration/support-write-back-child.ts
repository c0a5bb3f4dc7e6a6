import { WriteBackLoop } from '../../lib/jobs/write-back/loop'

/** Writes back in a process of its own, like a worker, until a test kills it. */
new WriteBackLoop({ idleMs: 50 }).start()
