import pino from 'pino'

/** Structured log on standard output. Secrets are cut out by name, wherever they stand. */
export const log = pino({
  level: process.env.HINOMI_LOG_LEVEL ?? 'info',
  base: null,
  // UTC, as in the audit log.
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: toLoggedError },
  redact: {
    paths: [
      'password',
      'token',
      'authorization',
      'secret',
      'cookie',
      '*.password',
      '*.token',
      '*.authorization',
      '*.secret',
      '*.cookie',
    ],
    censor: '[cut]',
  },
})

/** An error without the connection that node-pg hangs on it: kilobytes, and the key with which its statements can be cancelled. */
function toLoggedError(error: unknown): unknown {
  const entry: unknown = error instanceof Error ? pino.stdSerializers.err(error) : error
  if (typeof entry !== 'object' || entry === null) return entry
  const { client: _client, ...logged } = entry as Record<string, unknown>
  return logged
}
