import type { Access } from '../access/proof'
import { env } from '../env'
import type { ImportTask } from '../store/import-runs'
import type { RunContext } from './context'
import { undecided } from './decisions'
import { Places } from './places'

/** What a run knows before it has read anything. */
export function startContext(access: Access<'imports:write'>, task: ImportTask): RunContext {
  return {
    access,
    importId: task.id,
    holder: task.holder,
    payloadId: task.confirms ?? task.id,
    observedAt: task.observedAt,
    complete: task.coverage === 'complete',
    mayClose: task.mayClose,
    timeZone: env().HINOMI_TIME_ZONE,
    accounts: new Map(),
    blank: new Map(),
    titles: new Set(),
    images: new Map(),
    feeds: new Map(),
    controls: new Map(),
    places: new Places(),
    document: null,
    ...undecided,
  }
}
