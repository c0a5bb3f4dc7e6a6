import { checkHealth, isUp, waitUntilUp } from './health-store'

/** Answers of proxies whose server is away, and of Hinomi without its database. */
const AWAY = [502, 503, 504]
/** The number of retries of a page although Hinomi reports that it is up; then the browser navigates. */
const ATTEMPTS = 5
const PAUSE_MS = 300

let sentence = ''
let isInstalled = false

/**
 * Lets the router of Next.js go through an outage. A navigation waits for Hinomi's return instead of leaving the page
 * for the browser's error page. A server action that got no answer answers `unavailable` with `message`, instead of an
 * error that takes the page's place.
 */
export function installRecoveringFetch(message: string): void {
  sentence = message
  if (isInstalled) return
  isInstalled = true
  const original = window.fetch.bind(window)
  window.fetch = (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    const send = () => original(input, init)
    if (headers.has('next-action')) return sendAction(send)
    const isNavigation = headers.has('rsc') && !headers.has('next-router-prefetch') && (init?.method ?? 'GET') === 'GET'
    return isNavigation ? navigate(send, init?.signal ?? null) : send()
  }
}

async function navigate(send: () => Promise<Response>, signal: AbortSignal | null): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const result = await send().catch((error: unknown) => error)
    if (signal?.aborted || isAbort(result)) throw result
    const isAnswer = result instanceof Response && !AWAY.includes(result.status)
    if (isAnswer) return result
    if (isUp(await checkHealth())) {
      if (attempt < ATTEMPTS) await new Promise(resolve => setTimeout(resolve, PAUSE_MS * 2 ** attempt))
      else if (result instanceof Response) return result
      else throw result
    } else {
      await waitUntilUp()
      attempt = 0
    }
  }
}

async function sendAction(send: () => Promise<Response>): Promise<Response> {
  const result = await send().catch((error: unknown) => error)
  if (isAbort(result)) throw result
  if (result instanceof Response && !AWAY.includes(result.status)) return result
  // Not sent again: it may have taken effect.
  void checkHealth()
  const answer = { ok: false, code: 'unavailable', message: sentence }
  // The first row of a response of React Server Components, whose `a` is what the action returns.
  return new Response(`0:${JSON.stringify({ a: answer })}\n`, { headers: { 'content-type': 'text/x-component' } })
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
