import type { ErrorCode } from '../../../lib/errors'

/** The status of the API for each error code; "recent" requires a new confirmation of identity. */
export const STATUS: Record<ErrorCode, string> = {
  not_found: '404',
  forbidden: '403',
  not_recent: 'recent',
  invalid: '400',
  conflict: '409',
  too_large: '413',
  too_many_requests: '429',
  unavailable: '503',
  no_space: '507',
}

export interface Answer {
  /** "ok", "sign-in", the target of a redirect, or the status that the API would send. */
  answer: string
  data: unknown
}

/** The answer of a server action or a page, from its result or from a thrown error of Next.js. */
export async function answerOf(work: () => Promise<unknown>): Promise<Answer> {
  try {
    const result = await work()
    if (!isFailure(result)) return { answer: 'ok', data: result }
    return { answer: toStatus(result.code) ?? `${result.code}: ${result.message}`, data: result }
  } catch (error) {
    const { code, digest = '' } = error as { code?: unknown; digest?: string }
    const [mark, , path] = digest.split(';')
    if (mark === 'NEXT_REDIRECT') return { answer: path?.startsWith('/sign-in') ? 'sign-in' : String(path), data: null }
    if (digest.startsWith('NEXT_HTTP_ERROR_FALLBACK'))
      return { answer: String(path ?? digest.split(';')[1]), data: null }
    const status = toStatus(code)
    if (status) return { answer: status, data: null }
    throw error
  }
}

function isFailure(result: unknown): result is { ok: false; code: string; message: string } {
  return typeof result === 'object' && result !== null && 'ok' in result && result.ok === false
}

function toStatus(code: unknown): string | null {
  return typeof code === 'string' && code in STATUS ? STATUS[code as ErrorCode] : null
}
