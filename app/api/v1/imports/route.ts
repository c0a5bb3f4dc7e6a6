import { actorKey, limitRate } from '@/lib/access/api/rate-limit'
import type { Access } from '@/lib/access/proof'
import { queryValues } from '@/lib/domain/api/query'
import { ImportQuery } from '@/lib/domain/imports/query'
import type { ImportDetail } from '@/lib/domain/imports/views'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { type Received, receiveUpload } from '@/lib/ingest/receive/receive'
import { outageOf } from '@/lib/outage'
import { getImport } from '@/lib/queries/imports/imports'
import { json, refuseOthers, route } from '@/lib/route'
import { bodyOf, requireRawBody } from '../body'
import { toAnswer } from './answer'

export const dynamic = 'force-dynamic'

const POLL_MS = 150

type Sending = Access<'imports:write'>

/**
 * Receives a report or an archive of reports as the raw body. 202 once it is stored; 200 with the counts for wait=true,
 * or for a report whose bytes came just before.
 */
export const POST = route({
  needs: ['imports:write'],
  stores: true,
  run: async ({ access, request }) => {
    limitRate('uploads', actorKey(access))
    const { wait, force, ...options } = ImportQuery.parse(queryValues(ImportQuery, new URL(request.url).searchParams))
    const megabytes = env().HINOMI_MAX_IMPORT_MB
    if (Number(request.headers.get('content-length') ?? 0) > megabytes * 1024 * 1024) {
      throw new AppError('too_large', { reason: 'import_too_large', params: { megabytes } })
    }
    requireRawBody(request)
    const received = await receiveUpload(access, bodyOf(request), { ...options, force })
    const [only] = received.imports
    if (received.archive || !only) return archiveAnswer(access, request, received, wait)
    const location = `/api/v1/imports/${only.id}`
    if (!wait && !only.duplicate) return json({ id: only.id }, 202, { location })
    const answer = await importAnswer(access, request, only.id, wait)
    return json(answer ?? { id: only.id }, answer ? 200 : 202, { location })
  },
})

async function archiveAnswer(access: Sending, request: Request, received: Received, wait: boolean) {
  const imports: object[] = []
  let ready = wait
  for (const { id, fileName, duplicate } of received.imports) {
    const answer = ready ? await importAnswer(access, request, id, wait) : null
    if (!answer) ready = false
    imports.push({ id, fileName, duplicate, import: answer })
  }
  return json({ imports, skipped: received.skipped }, ready ? 200 : 202)
}

/** Null if an outage delays the import: the report is stored, and the time of the import is unknown. */
async function importAnswer(access: Sending, request: Request, id: number, wait: boolean) {
  try {
    const run = wait ? await ended(access, id, request.signal) : await getImport(access, id)
    return wait && run.waits ? null : await toAnswer(request, run)
  } catch (error) {
    if (!outageOf(error)) throw error
    return null
  }
}

/** Resolves when the import has ended, or with its state so far when it waits or the caller has gone. */
async function ended(access: Sending, id: number, signal: AbortSignal): Promise<ImportDetail> {
  for (;;) {
    const run = await getImport(access, id)
    if (run.state === 'done' || run.state === 'failed' || run.waits || signal.aborted) return run
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}

export const { DELETE, GET, OPTIONS, PATCH, PUT } = refuseOthers('POST')
