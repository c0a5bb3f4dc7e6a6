import { parseArgs } from 'node:util'
import { z } from 'zod'
import { jobAccess } from '../../lib/access/job'
import { permissions } from '../../lib/domain/people/role'
import { cliTranslator, type Locale } from '../../lib/locale'
import { sentenceOf } from './error-sentence'
import { helpOf } from './help'
import { UsageError } from './usage-error'

// A command loads only its own modules: loading those of all of them takes seconds.

/** The language of the terminal. */
const locale: Locale = (process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '').startsWith('ja')
  ? 'ja'
  : 'en'

/** The command line has every permission: its user already has the settings and the database of the server. */
const operator = () => jobAccess('command', { permissions })

async function main([command, ...rest]: string[]): Promise<number> {
  if (rest.some(argument => argument === '--help' || argument === '-h')) return helpCommand([command ?? '', ...rest])
  if (command === 'import') return importCommand(rest)
  if (command === 'collect') return collectCommand(rest)
  if (command === 'token' && rest[0] === 'create') return tokenCommand(rest.slice(1))
  if (command === 'verify') return verifyCommand(rest)
  if (command === 'check') return checkWithoutArguments(rest)
  if (command === 'backup') return backupCommand(rest)
  if (command === 'restore') return restoreCommand(rest)
  if (command === 'controls') return controlsCommand(rest)
  if (command === 'keys') return keysCommand(rest)
  if (command === 'known-exploited') return knownExploitedCommand(rest)
  if (command === 'member' && rest[0] === 'reset-link') return resetLinkCommand(rest.slice(1))
  if (command === 'member' && rest[0] === 'reset-factors') return resetFactorsCommand(rest.slice(1))
  if (command === 'admin' && rest[0] === 'ensure') {
    const { HINOMI_ADMIN_EMAIL: email = '', HINOMI_ADMIN_PASSWORD: password = '' } = process.env
    const { ensureAdmin } = await import('../../lib/store/sign-in/setup')
    await ensureAdmin(email, password)
    return 0
  }
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') return helpCommand(rest)
  throw new UsageError('unknownCommand')
}

/** The help of one command, or of all of them. */
async function helpCommand(args: string[]): Promise<number> {
  const t = await cliTranslator(locale)
  process.stdout.write(`${helpOf(t('help') ?? '', args)}\n`)
  return 0
}

async function collectCommand(args: string[]): Promise<number> {
  const { collectOptions } = await import('./collect/options')
  const options = collectOptions(args)
  const { collect } = await import('./collect/collect')
  return collect(options, locale)
}

async function tokenCommand(args: string[]): Promise<number> {
  const { createTokenCommand } = await import('./create-token')
  return createTokenCommand(args, locale)
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
  const { ImportQuery } = await import('../../lib/domain/imports/query')
  const options = ImportQuery.parse({
    source: values.source ?? null,
    account: values.account ?? null,
    mapping: values.mapping ?? null,
    region: values.region ?? null,
    coverage: values.complete ? 'complete' : 'partial',
    observedAt: values['observed-at'] ?? null,
    force: values.force,
    origin: 'command',
  })
  const { importFiles } = await import('./import-files')
  return importFiles(operator(), positionals, options, locale)
}

/** For the case that no administrator can sign in. A user who can run this command already has the database. */
async function resetLinkCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [email] = positionals
  if (!email) throw new UsageError('noEmail')
  const { env } = await import('../../lib/env')
  const { createResetLink } = await import('../../lib/store/people/invites')
  const { token } = await createResetLink(operator(), { email })
  process.stdout.write(`${new URL(`/invite#token=${token}`, env().HINOMI_URL ?? 'http://localhost:3000')}\n`)
  return 0
}

/** For an administrator who lost the second factor and has no colleague to reset it. */
async function resetFactorsCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [email] = positionals
  if (!email) throw new UsageError('noEmail')
  const { resetFactors } = await import('../../lib/store/sign-in/reset-factors')
  await resetFactors(operator(), { email })
  const t = await cliTranslator(locale)
  process.stdout.write(`${t('factorsReset', { email })}\n`)
  return 0
}

async function knownExploitedCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [from] = positionals
  if (!from) throw new UsageError('noKnownExploited')
  const { loadKnownExploited } = await import('./known-exploited')
  return loadKnownExploited(operator(), from, locale)
}

async function verifyCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { head: { type: 'string' } } })
  const head = z
    .hash('sha256')
    .toLowerCase()
    .nullable()
    .safeParse(values.head ?? null)
  if (!head.success) throw new UsageError('badHead')
  const { verifyHistory } = await import('./verify')
  return verifyHistory(operator(), head.data, locale)
}

async function checkWithoutArguments(args: string[]): Promise<number> {
  parseArgs({ args, options: {} })
  const { loadControlTable } = await import('../../lib/store/policies/control-table')
  const { checkCommand } = await import('./check')
  await loadControlTable()
  return checkCommand(operator(), locale)
}

async function backupCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  })
  const [file] = positionals
  if (!file || positionals.length > 1) throw new UsageError('noBackupFile')
  const { backUp } = await import('./backup')
  return backUp(operator(), { file, force: values.force }, locale)
}

async function restoreCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const [file] = positionals
  if (!file || positionals.length > 1) throw new UsageError('noBackupFile')
  const { restore } = await import('./restore')
  return restore(operator(), file, locale)
}

async function controlsCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
  const { refreshControls } = await import('./controls')
  return refreshControls(operator(), positionals.length === 1 ? positionals[0] : undefined, locale)
}

async function keysCommand([command = '', ...rest]: string[]): Promise<number> {
  const { listKeys, pruneKeys, resealKeys, rotateKeys } = await import('./keys')
  const commands = new Map([
    ['list', listKeys],
    ['rotate', rotateKeys],
    ['reseal', resealKeys],
    ['prune', pruneKeys],
  ])
  const run = commands.get(command)
  if (!run || rest.length > 0) throw new UsageError('unknownCommand')
  return run(operator(), locale)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${await sentenceOf(error, locale, process.argv.slice(2))}\n`)
  process.exitCode = 1
} finally {
  const { closeDatabase } = await import('../../lib/db')
  await closeDatabase()
}
