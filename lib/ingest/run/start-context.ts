import type { JobAccess } from '../../access/proof'
import { env } from '../../env'
import type { ImportTask } from '../../store/imports/runs'
import { Places } from '../contents/places'
import type { ReportParser } from '../read/report-parser'
import type { RunContext } from './context'
import { defaultDecisions } from './decisions'

export interface RunOptions {
  /** Whether the start counts, see startRun. */
  counted?: boolean
  /** Called after each committed batch. */
  onProgress?: (() => void) | undefined
  parse?: ReportParser
}

/** The state of a run before it has read anything. */
export function startContext(
  access: JobAccess,
  task: ImportTask,
  onProgress: RunOptions['onProgress'] = () => undefined,
): RunContext {
  return {
    access,
    onProgress,
    importId: task.id,
    holder: task.holder,
    lane: task.lane,
    payloadId: task.payloadId,
    observedAt: task.observedAt,
    readAt: task.isCollected || task.observedAt < task.arrivedAt ? task.observedAt : task.arrivedAt,
    complete: task.coverage === 'complete',
    mayClose: task.mayClose,
    timeZone: env().HINOMI_TIME_ZONE,
    accounts: new Map(),
    blank: new Map(),
    titles: new Set(),
    texts: new Set(),
    images: new Map(),
    feeds: new Map(),
    controls: new Map(),
    places: new Places(),
    document: null,
    ...defaultDecisions,
  }
}
