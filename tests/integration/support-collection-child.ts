import { CollectionLoop } from '../../lib/jobs/collection/loop'
import { ImportLoop } from '../../lib/jobs/imports/loop'

/** Collects and imports in a process of its own, like a worker, until a test kills it. */
for (const loop of [new CollectionLoop({ idleMs: 50 }), new ImportLoop({ idleMs: 50 })]) loop.start()
