import { parseArgs } from 'node:util'
import { z } from 'zod'
import { jobAccess } from '../../lib/access/job'
import { TOKEN_DAYS } from '../../lib/access/member-input'
import { can, isRole } from '../../lib/access/permissions'
import { closeDatabase } from '../../lib/db'
import { AccountId } from '../../lib/domain/account-id'
import { ImportQuery } from '../../lib/domain/import-query'
import { sourceIds } from '../../lib/domain/outcome'
import { type TokenPermission, tokenPermissions } from '../../lib/domain/role'
import { env } from '../../lib/env'
import { AppError } from '../../lib/errors'
import { cliTranslator, errorSentence, errorTranslator, type Locale } from '../../lib/locale'
import { createResetLink } from '../../lib/store/invites'
import { resetFactors } from '../../lib/store/reset-factors'
import { ensureAdmin } from '../../lib/store/setup'
import { createToken } from '../../lib/store/tokens'
import { importFiles } from './import-files'
import { listKeys, pruneKeys, resealKeys, rotateKeys } from './keys'
import { verifyHistory } from './verify'

/** The reader's language, as the terminal says it. */
const locale: Locale = (process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '').startsWith('ja')
  ? 'ja'
  : 'en'

/** A call that the command does not understand: its sentence in messages (cli.<reason>) and the help are shown. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

const CollectorReach = z.object({ source: z.array(z.enum(sourceIds)), accounts: z.array(AccountId) })

async function main([command, ...rest]: string[]): Promise<number> {
  if (command === 'import') return importCommand(rest)
  if (command === 'token' && rest[0] === 'create') return tokenCommand(rest.slice(1))
  if (command === 'verify') return verifyCommand(rest)
  if (command === 'keys') return keysCommand(rest)
  if (command === 'member' && rest[0] === 'reset-link') return resetLinkCommand(rest.slice(1))
  if (command === 'member' && rest[0] === 'reset-factors') return resetFactorsCommand(rest.slice(1))
  if (command === 'admin' && rest[0] === 'ensure') {
    const { HINOMI_ADMIN_EMAIL: email = '', HINOMI_ADMIN_PASSWORD: password = '' } = process.env
    await ensureAdmin(email, password)
    return 0
  }
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') return helpCommand()
  throw new UsageError('unknownCommand')
}

async function helpCommand(): Promise<number> {
  const t = await cliTranslator(locale)
  process.stdout.write(`${t('help')}\n`)
  return 0
}

async function importCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      complete: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      source: { type: 'string' },
      account: { type: 'string' },
      mapping: { type: 'string' },
      region: { type: 'string' },
      'observed-at': { type: 'string' },
    },
  })
  if (positionals.length === 0) throw new UsageError('noFiles')
  const options = ImportQuery.parse({
    source: values.source ?? null,
    account: values.account ?? null,
    mapping: values.mapping ?? null,
    region: values.region ?? null,
    coverage: values.complete ? 'complete' : 'partial',
    observedAt: values['observed-at'] ?? null,
    force: String(values.force),
    origin: 'command',
  })
  return importFiles(jobAccess('command'), positionals, options, locale)
}

async function tokenCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string' },
      role: { type: 'string' },
      days: { type: 'string' },
      collector: { type: 'boolean', default: false },
      source: { type: 'string', multiple: true },
      accounts: { type: 'string' },
    },
  })
  if (!values.name) throw new UsageError('noName')
  const reach = values.collector ? collectorReach(values) : await roleReach(values)
  const days = z.coerce.number().int().min(1).max(3650).default(TOKEN_DAYS).parse(values.days)
  const expiresAt = new Date(Date.now() + days * 86_400_000)
  const { token } = await createToken(jobAccess('command'), {
    name: values.name,
    ...reach,
    expiresAt,
  })
  const t = await cliTranslator(locale)
  process.stderr.write(`${t('tokenEnds', { date: expiresAt.toISOString().slice(0, 10) })}\n`)
  process.stdout.write(`${token}\n`)
  return 0
}

/** What a token may do that only sends reports of some sources, also such that resolve findings. */
function collectorReach({ role, source = [], accounts }: { role?: string; source?: string[]; accounts?: string }) {
  if (role !== undefined) throw new UsageError('collectorOnly')
  if (source.length === 0) throw new UsageError('collectorSource')
  if (!accounts) throw new UsageError('collectorAccounts')
  const limited = accounts !== 'all'
  const parsed = CollectorReach.parse({ source, accounts: limited ? accounts.split(',').map(id => id.trim()) : [] })
  const permissions: TokenPermission[] = ['imports:write', 'imports:close']
  return { permissions, sources: parsed.source, limited, accounts: parsed.accounts }
}

/** What a token of a role may do. It has no owner, so that it requests no exceptions. */
async function roleReach({
  role = 'member',
  source,
  accounts,
}: {
  role?: string
  source?: string[]
  accounts?: string
}) {
  if (source || accounts) throw new UsageError('collectorOnly')
  if (!isRole(role)) throw new UsageError('unknownRole')
  const permissions = tokenPermissions.filter(permission => can(role, permission))
  const t = await cliTranslator(locale)
  if (permissions.includes('exceptions:request')) process.stderr.write(`${t('noExceptions')}\n`)
  return {
    permissions: permissions.filter(permission => permission !== 'exceptions:request'),
    limited: false,
    accounts: [],
  }
}

/** The way in where no administrator can sign in: who may run this command owns the database. */
async function resetLinkCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [email] = positionals
  if (!email) throw new UsageError('noEmail')
  const { token } = await createResetLink(jobAccess('command'), { email })
  process.stdout.write(`${new URL(`/invite?token=${token}`, env().HINOMI_URL ?? 'http://localhost:3000')}\n`)
  return 0
}

/** For an administrator who lost the second factor and whom nobody else can help. */
async function resetFactorsCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [email] = positionals
  if (!email) throw new UsageError('noEmail')
  await resetFactors(jobAccess('command'), { email })
  const t = await cliTranslator(locale)
  process.stdout.write(`${t('factorsReset', { email })}\n`)
  return 0
}

async function verifyCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { head: { type: 'string' } } })
  const head = z
    .hash('sha256')
    .toLowerCase()
    .nullable()
    .safeParse(values.head ?? null)
  if (!head.success) throw new UsageError('badHead')
  return verifyHistory(jobAccess('command'), head.data, locale)
}

async function keysCommand([command = '', ...rest]: string[]): Promise<number> {
  const commands = new Map([
    ['list', listKeys],
    ['rotate', rotateKeys],
    ['reseal', resealKeys],
    ['prune', pruneKeys],
  ])
  const run = commands.get(command)
  if (!run || rest.length > 0) throw new UsageError('unknownCommand')
  return run(jobAccess('command'), locale)
}

/** What went wrong, for the person at the terminal. */
async function sentenceOf(error: unknown): Promise<string> {
  const t = await cliTranslator(locale)
  if (error instanceof AppError) return errorSentence(await errorTranslator(locale), error)
  if (error instanceof UsageError) return `${t(error.message)}\n\n${t('help')}`
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(issue => issue.path.join('.')).join(', ')
    return `${t('badOption', { option: fields || '--days' })}\n\n${t('help')}`
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error instanceof Error ? error.message : ''}\n\n${t('help')}`
  return error instanceof Error ? error.message : String(error)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${await sentenceOf(error)}\n`)
  process.exitCode = 1
} finally {
  await closeDatabase()
}
