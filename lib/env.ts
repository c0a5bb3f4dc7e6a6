import { z } from 'zod'

const optional = z
  .string()
  .trim()
  .transform(text => (text === '' ? undefined : text))
  .optional()

const Env = z.object({
  DATABASE_URL: z.string().min(1),
  HINOMI_SECRET: z.string().min(16),
  HINOMI_URL: optional,
  HINOMI_MAX_IMPORT_MB: z.coerce.number().int().positive().default(1024),
  HINOMI_RETENTION_DAYS: z.coerce.number().int().min(30).default(400),
  HINOMI_TIME_ZONE: z.string().default('Asia/Tokyo'),
  HINOMI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HINOMI_TRUST_PROXY: z.enum(['0', '1']).default('0'),
  HINOMI_OIDC_ISSUER: optional,
  HINOMI_OIDC_CLIENT_ID: optional,
  HINOMI_OIDC_CLIENT_SECRET: optional,
  HINOMI_OIDC_NAME: optional,
  HINOMI_GOOGLE_CLIENT_ID: optional,
  HINOMI_GOOGLE_CLIENT_SECRET: optional,
  HINOMI_ENTRA_TENANT_ID: optional,
  HINOMI_ENTRA_CLIENT_ID: optional,
  HINOMI_ENTRA_CLIENT_SECRET: optional,
})
export type Env = z.infer<typeof Env>

let cached: Env | undefined

/** The settings of this process, checked once. Throws with the names of what is wrong, never with values. */
export function env(): Env {
  if (!cached) {
    const parsed = Env.safeParse(process.env)
    if (!parsed.success) {
      throw new Error(
        `Settings are missing or wrong: ${parsed.error.issues.map(issue => issue.path.join('.')).join(', ')}`,
      )
    }
    cached = parsed.data
  }
  return cached
}
