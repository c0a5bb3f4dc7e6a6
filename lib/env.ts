import { z } from 'zod'

const optional = z
  .string()
  .trim()
  .transform(text => (text === '' ? undefined : text))
  .optional()

/**
 * A name of the IANA database. Intl also accepts offsets such as +09:00, which PostgreSQL would read as nine hours behind
 * UTC: https://www.postgresql.org/docs/current/datetime-posix-timezone-specs.html
 */
function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]']

/** The URL that receives the audit log. It must use TLS, except for a receiver on this machine. */
function isAuditReceiver(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:' || protocol === 'syslog+tls:') return true
  return ['http:', 'syslog+tcp:'].includes(protocol) && THIS_MACHINE.includes(hostname)
}

// A path is a socket on this machine.
const LOCAL_HOST = /^(?:|localhost|127(?:\.\d+){3}|\[?::1\]?|\/.*)$/

/**
 * A connection to another machine must have TLS with a verified certificate, or disable TLS explicitly, so that TLS is never
 * missing by mistake. node-pg reliably verifies certificates only with verify-full: https://node-postgres.com/features/ssl
 */
function isSafeDatabase(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { hostname, searchParams } = new URL(url)
  const hosts = searchParams.getAll('host')
  const local = (hosts.length > 0 ? hosts : [hostname]).every(host => LOCAL_HOST.test(decodeURIComponent(host)))
  return local || ['verify-full', 'disable'].includes(searchParams.get('sslmode') ?? '')
}

/** Cookies, redirects and the origin check of requests use only the scheme and the host. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, pathname, search, hash, username } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && pathname === '/' && search + hash + username === ''
}

// A person may have typed it: one repeated character is not a secret.
function isStrongSecret(secret: string): boolean {
  return secret.length >= 16 && new Set(secret).size >= 8
}

/** With plain HTTP anybody on the network path could impersonate the provider. It is allowed on this machine, for tests. */
function isSafeIssuer(issuer: string | undefined): boolean {
  if (issuer === undefined) return true
  if (!URL.canParse(issuer)) return false
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.includes(hostname))
}

/** An emulator may run without TLS, on this machine or in the network of a test. */
function isAddress(text: string | undefined): boolean {
  return text === undefined || (URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol))
}

const Secret = z.string().refine(isStrongSecret, 'must have at least 16 characters, 8 of them different')

const Settings = z.object({
  DATABASE_URL: z
    .string()
    .min(1)
    .refine(
      isSafeDatabase,
      'names another machine and needs sslmode=verify-full, or sslmode=disable to go without TLS',
    ),
  DATABASE_READ_URL: optional.refine(
    url => url === undefined || isSafeDatabase(url),
    'names another machine and needs sslmode=verify-full, or sslmode=disable to go without TLS',
  ),
  NODE_TLS_REJECT_UNAUTHORIZED: optional.refine(value => value !== '0', 'must not be 0: certificates are checked'),
  HINOMI_SECRET: z
    .string()
    .refine(
      secret => isStrongSecret(secret) && secret.length >= 32,
      'must have at least 32 characters, 8 of them different',
    ),
  /** By name: HINOMI_OLD_SECRET and every variable that starts with it, such as HINOMI_OLD_SECRET_2. */
  HINOMI_OLD_SECRETS: z.record(z.string(), Secret),
  HINOMI_URL: optional.refine(
    url => url === undefined || isOrigin(url),
    'must be http:// or https:// and a host, without a path',
  ),
  HINOMI_MAX_IMPORT_MB: z.coerce.number().int().positive().default(1024),
  HINOMI_MAX_WAITING_REPORTS: z.coerce.number().int().positive().default(2000),
  HINOMI_MAX_WAITING_MB: z.coerce.number().int().positive().default(20_480),
  HINOMI_MAX_ATTACHMENTS_MB: z.coerce.number().int().positive().default(10_240),
  HINOMI_RETENTION_DAYS: z.coerce.number().int().min(30).default(400),
  HINOMI_TIME_ZONE: optional
    .transform(name => name ?? 'Asia/Tokyo')
    .refine(isTimeZone, 'is no time zone; use a name of the IANA database, such as Asia/Tokyo'),
  HINOMI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HINOMI_SESSION_IDLE_MINUTES: z.coerce.number().int().min(5).default(120),
  HINOMI_TRUST_PROXY: z.enum(['0', '1']).default('0'),
  HINOMI_AUDIT_URL: optional.refine(
    url => url === undefined || isAuditReceiver(url),
    'must be https:// or syslog+tls://, or http:// or syslog+tcp:// on this machine',
  ),
  HINOMI_AUDIT_TOKEN: optional,
  HINOMI_KEV_URL: optional.refine(isSafeIssuer, 'must begin with https://'),
  HINOMI_AWS_ENDPOINT: optional.refine(isAddress, 'must begin with https:// or http://'),
  HINOMI_PASSWORDS: z.enum(['on', 'off']).default('on'),
  HINOMI_OIDC_ISSUER: optional.refine(isSafeIssuer, 'must begin with https://'),
  HINOMI_OIDC_CLIENT_ID: optional,
  HINOMI_OIDC_CLIENT_SECRET: optional,
  HINOMI_OIDC_NAME: optional,
  HINOMI_GOOGLE_CLIENT_ID: optional,
  HINOMI_GOOGLE_CLIENT_SECRET: optional,
  HINOMI_GOOGLE_DOMAIN: optional,
  HINOMI_ENTRA_TENANT_ID: optional,
  HINOMI_ENTRA_CLIENT_ID: optional,
  HINOMI_ENTRA_CLIENT_SECRET: optional,
})

const Env = Settings.refine(settings => settings.HINOMI_PASSWORDS === 'on' || hasProvider(settings), {
  path: ['HINOMI_PASSWORDS'],
  message: 'may be off only where a sign-in provider is set up',
})
export type Env = z.infer<typeof Env>

function hasProvider(e: z.infer<typeof Settings>): boolean {
  return [
    [e.HINOMI_OIDC_ISSUER, e.HINOMI_OIDC_CLIENT_ID, e.HINOMI_OIDC_CLIENT_SECRET],
    [e.HINOMI_GOOGLE_CLIENT_ID, e.HINOMI_GOOGLE_CLIENT_SECRET],
    [z.guid().safeParse(e.HINOMI_ENTRA_TENANT_ID).data, e.HINOMI_ENTRA_CLIENT_ID, e.HINOMI_ENTRA_CLIENT_SECRET],
  ].some(needed => needed.every(Boolean))
}

// HINOMI_OLD_SECRET_FILE is the path of a file that the launcher reads. The path is not a secret.
const OLD_SECRET = /^HINOMI_OLD_SECRET(_\w+)?(?<!_FILE)$/

let cached: Env | undefined

/** The settings of this process, checked once. Throws like parseEnv. */
export function env(): Env {
  cached ??= parseEnv(process.env)
  return cached
}

/** Where AWS is. `region` is where roles are assumed. */
export interface AwsEnv {
  /** The address of an emulator; null for AWS. */
  readonly endpoint: string | null
  readonly region: string | null
}

/** Settings of AWS. They need none of the others, so that a command can collect without a server. Throws like parseEnv. */
export function awsEnv(variables: NodeJS.ProcessEnv = process.env): AwsEnv {
  const { HINOMI_AWS_ENDPOINT, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = variables
  const parsed = Settings.pick({ HINOMI_AWS_ENDPOINT: true }).safeParse({
    HINOMI_AWS_ENDPOINT: HINOMI_AWS_ENDPOINT || AWS_ENDPOINT_URL,
  })
  if (!parsed.success) throw problemsIn(parsed.error)
  return { endpoint: parsed.data.HINOMI_AWS_ENDPOINT ?? null, region: AWS_REGION || AWS_DEFAULT_REGION || null }
}

/** Whether people reach the product by HTTPS: then cookies are Secure, and a header makes browsers stay with HTTPS. */
export function isHttps(): boolean {
  return env().HINOMI_URL?.startsWith('https://') ?? false
}

/** Throws an error with the names and problems of missing or invalid settings, never with their values. */
export function parseEnv(variables: NodeJS.ProcessEnv): Env {
  const old = Object.entries(variables).filter(([name, value]) => OLD_SECRET.test(name) && value)
  const parsed = Env.safeParse({ ...variables, HINOMI_OLD_SECRETS: Object.fromEntries(old) })
  if (!parsed.success) throw problemsIn(parsed.error)
  return parsed.data
}

function problemsIn(error: z.ZodError): Error {
  const problems = error.issues.map(({ path, message, code }) => {
    const name = String(path.at(-1))
    return code === 'custom' ? `${name} ${message}` : name
  })
  return new Error(`Settings are missing or wrong: ${problems.join(', ')}`)
}
