import pino from 'pino'

/** Structured log on standard output. Secrets are removed by their names, at any depth. */
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

/** An error without the connection that node-pg attaches: it is kilobytes long and contains the key to cancel its statements. */
function toLoggedError(error: unknown): unknown {
  const entry: unknown = error instanceof Error ? pino.stdSerializers.err(error) : error
  if (typeof entry !== 'object' || entry === null) return entry
  const { client: _client, ...logged } = entry as Record<string, unknown>
  return logged
}
