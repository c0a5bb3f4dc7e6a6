import { z } from 'zod'
import { ApiAttachment, type AttachmentView } from '@/lib/domain/attachments/view'

const Problem = z.object({ detail: z.string().optional(), title: z.string().optional() })

/** What a file is attached to; without either it is for a request that is being written. */
export interface FileOwner {
  finding?: string
  exception?: number
}

type Answer = { ok: true; file: AttachmentView } | { ok: false; message: string | null }

/** Uploads one file and reports its progress, 0 to 1. XMLHttpRequest, because fetch has no progress of uploads. */
export function uploadFile(
  file: File,
  owner: FileOwner,
  locale: string,
  onProgress: (share: number) => void,
): Promise<Answer> {
  const query = new URLSearchParams({ name: file.name.slice(0, 1000) })
  if (owner.finding !== undefined) query.set('finding', owner.finding)
  if (owner.exception !== undefined) query.set('exception', String(owner.exception))
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/attachments?${query}`)
    request.setRequestHeader('accept-language', locale)
    // The name states the type; browsers declare what the operating system believes.
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', event => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total)
    })
    request.addEventListener('load', () => resolve(toAnswer(request.responseText)))
    for (const failure of ['error', 'abort'])
      request.addEventListener(failure, () => resolve({ ok: false, message: null }))
    request.send(file)
  })
}

/** Deletes a file. Returns a sentence if it could not be deleted, null if it was. */
export async function deleteFile(id: string, locale: string, failed: string): Promise<string | null> {
  const answer = await fetch(fileHref(id), { method: 'DELETE', headers: { 'accept-language': locale } }).catch(
    () => null,
  )
  if (answer?.ok) return null
  const problem = Problem.safeParse(await answer?.json().catch(() => null))
  return (problem.success ? problem.data.detail : undefined) ?? failed
}

export function fileHref(id: string): string {
  return `/api/v1/attachments/${id}`
}

function toAnswer(text: string): Answer {
  const body = parseJson(text)
  const stored = ApiAttachment.safeParse(body)
  if (stored.success) return { ok: true, file: { ...stored.data, uploadedAt: new Date(stored.data.uploadedAt) } }
  const problem = Problem.safeParse(body)
  return { ok: false, message: (problem.success ? (problem.data.detail ?? problem.data.title) : undefined) ?? null }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
