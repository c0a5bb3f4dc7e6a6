import { z } from 'zod'
import type { Coverage } from '@/lib/domain/imports/import'

export interface UploadOptions {
  coverage: Coverage
  /** ISO 8601 with offset; empty for "now". */
  observedAt: string
  /** Twelve digits; empty if the report names its accounts. */
  account: string
  /** The Region that the report covers, or of records that name none; empty if they name it. */
  region: string
  /** The name of a CSV mapping; empty for a known format. */
  mapping: string
  /** The language in which errors come back. */
  locale: string
}

const Accepted = z.object({ id: z.number().int() })
const AcceptedArchive = z.object({ imports: z.array(Accepted), skipped: z.array(z.unknown()) })
const Problem = z.object({ detail: z.string().optional(), title: z.string().optional() })

export type Uploaded =
  | { ok: true; id: number; again: boolean }
  | { ok: true; reports: number; skipped: number }
  | { ok: false; message: string | null; again: boolean }

const OK = 200
/** Statuses of a server that could not receive the report now and may do so later. */
const PASSING = [0, 429, 500, 502, 503, 504, 507]

/** Sends one file unchanged and reports its progress. XMLHttpRequest, because fetch has no progress of uploads. */
export function uploadReport(
  file: File,
  options: UploadOptions,
  onProgress: (share: number) => void,
): Promise<Uploaded> {
  const query = new URLSearchParams({
    origin: 'browser',
    coverage: options.coverage,
    fileName: file.name.slice(0, 255),
  })
  if (options.account !== '') query.set('account', options.account)
  if (options.region !== '') query.set('region', options.region)
  if (options.mapping !== '') query.set('mapping', options.mapping)
  if (options.observedAt !== '') query.set('observedAt', options.observedAt)
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/imports?${query}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept-Language', options.locale)
    request.upload.addEventListener('progress', event => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => resolve(toUploaded(request.status, request.responseText)))
    request.addEventListener('error', () => resolve({ ok: false, message: null, again: true }))
    request.addEventListener('abort', () => resolve({ ok: false, message: null, again: true }))
    request.send(file)
  })
}

function toUploaded(status: number, text: string): Uploaded {
  const body = parseJson(text)
  const accepted = Accepted.safeParse(body)
  // 202: received; 200: the same file was received before, and this is its import.
  if (accepted.success && status < 300) return { ok: true, id: accepted.data.id, again: status === OK }
  const archive = AcceptedArchive.safeParse(body)
  if (archive.success && status < 300) {
    return { ok: true, reports: archive.data.imports.length, skipped: archive.data.skipped.length }
  }
  const problem = Problem.safeParse(body)
  const message = (problem.success ? (problem.data.detail ?? problem.data.title) : undefined) ?? null
  return { ok: false, message, again: PASSING.includes(status) || !problem.success }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
