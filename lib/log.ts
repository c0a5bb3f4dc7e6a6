import pino from 'pino'

/** Structured log on standard output. Secrets are cut out by name, wherever they stand. */
export const log = pino({
  level: process.env.HINOMI_LOG_LEVEL ?? 'info',
  base: null,
  // UTC, as in the audit log.
  timestamp: pino.stdTimeFunctions.isoTime,
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
