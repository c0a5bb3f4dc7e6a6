import { AppError } from '@/lib/errors'
import { log } from '@/lib/log'

/** The bytes of an upload while they arrive. Throws `invalid` where its sender breaks off. */
export async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (!request.body) return
  const reader = request.body.getReader()
  try {
    for (;;) {
      // Node.js uses the same code for a broken connection to the database.
      const { done, value } = await reader.read().catch((error: unknown) => {
        log.info({ reason: error instanceof Error ? error.message : null }, 'a sender broke off an upload')
        throw new AppError('invalid', { reason: 'uploadBroken' })
      })
      if (done) return
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/** Throws `invalid` for a form: an upload is the file alone. */
export function requireRawBody(request: Request): void {
  if (/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? ''))
    throw new AppError('invalid', { reason: 'multipart' })
}
