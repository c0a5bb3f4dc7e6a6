import 'server-only'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

// Request targets may be in absolute form, which proxies use.
const UPLOAD = /^(?:https?:\/\/[^/]*)?\/api\/v1\/(?:imports|attachments)(?:\?|$)/i

/** The limit of Node.js for a whole request: https://nodejs.org/api/http.html#serverrequesttimeout */
const LIMIT_MS = 300_000

/**
 * Ends requests whose body takes longer than five minutes, as Node.js does, but uploads of reports and files only after five minutes without any
 * data: a large report on a slow connection is not an attack.
 */
export function limitBodies(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
  limit = LIMIT_MS,
): void {
  server.requestTimeout = 0
  const { socket } = request
  let received = socket.bytesRead
  const timer = setInterval(() => {
    const moved = socket.bytesRead > received
    received = socket.bytesRead
    if (request.complete) clearInterval(timer)
    else if (!moved || !UPLOAD.test(request.url ?? '')) socket.destroy()
  }, limit)
  timer.unref()
  response.once('close', () => clearInterval(timer))
}
