import { parseArgs } from 'node:util'
import { z } from 'zod'
import { jobAccess } from '../../lib/access/job'
import { CreateToken, Email, TOKEN_DAYS } from '../../lib/access/member-input'
import { can, permissions as every, isRole } from '../../lib/access/permissions'
import { AccountId } from '../../lib/domain/accounts/account-id'
import { sourceIds } from '../../lib/domain/imports/outcome'
import { collectorPermissions, type TokenPermission, tokenPermissions } from '../../lib/domain/people/role'
import { cliTranslator, type Locale } from '../../lib/locale'
import { findSoleAdministrator } from '../../lib/queries/people/members'
import { createToken } from '../../lib/store/people/tokens'
import { UsageError } from './usage-error'

/** `token create`: prints the token on standard output, and its description on standard error. */
export async function createTokenCommand(args: string[], locale: Locale): Promise<number> {
  const { token, expiresAt, soleAdministrator } = await createTokenOf(args)
  const t = await cliTranslator(locale)
  if (soleAdministrator) process.stderr.write(`${t('tokenOwnerIs', { email: soleAdministrator })}\n`)
  process.stderr.write(`${t('tokenEnds', { date: expiresAt.toISOString().slice(0, 10) })}\n`)
  process.stdout.write(`${token}\n`)
  return 0
}

/** Creates the token that the arguments describe. `soleAdministrator` is its owner if they name none. */
export async function createTokenOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string' },
      owner: { type: 'string' },
      role: { type: 'string' },
      permissions: { type: 'string' },
      collector: { type: 'boolean', default: false },
      source: { type: 'string', multiple: true, default: [] },
      accounts: { type: 'string' },
      networks: { type: 'string' },
      days: { type: 'string' },
    },
  })
  const { name } = values
  const source = values.source.flatMap(listOf)
  if (!name) throw new UsageError('noName')
  const permissions = permissionsOf(values)
  if (values.collector && source.length === 0) throw new UsageError('collectorSource')
  if (values.collector && !values.accounts) throw new UsageError('collectorAccounts')
  const imports = permissions.some(each => each === 'imports:write' || each === 'imports:close')
  if (source.length > 0 && !imports) throw new UsageError('sourceImports')
  const sources = source.map(id => known(sourceIds, id, 'unknownSource'))
  const networks = values.networks === undefined ? undefined : listOf(values.networks)
  if (networks?.length === 0) throw new UsageError('badOption', { option: '--networks' })
  const days = numberOf(values.days)
  const expiresAt = new Date(Date.now() + days * 86_400_000)
  const input = CreateToken.parse({
    name,
    permissions,
    ...accountsOf(values.accounts),
    ...(sources.length > 0 && { sources }),
    ...(networks && { networks }),
    expiresAt,
  })
  const access = jobAccess('command', { permissions: every })
  const owner = values.owner === undefined ? await findSoleAdministrator(access) : Email.safeParse(values.owner).data
  if (owner === null) throw new UsageError('tokenOwnerNeeded')
  if (owner === undefined) throw new UsageError('badOption', { option: '--owner' })
  const { token } = await createToken(access, input, owner)
  return { token, expiresAt, soleAdministrator: values.owner === undefined ? owner : null }
}

interface Kind {
  role?: string
  permissions?: string
  collector?: boolean
}

/**
 * The token's permissions: those of a role (by default member), a list, or those of a collector, which only sends
 * reports.
 */
function permissionsOf({ role, permissions, collector }: Kind): TokenPermission[] {
  const given = [role !== undefined, permissions !== undefined, collector === true]
  if (given.filter(Boolean).length > 1) throw new UsageError('tokenKind')
  if (collector) return [...collectorPermissions]
  if (permissions !== undefined) return listOf(permissions).map(id => known(tokenPermissions, id, 'unknownPermission'))
  const of = role ?? 'member'
  if (!isRole(of)) throw new UsageError('unknownRole')
  return tokenPermissions.filter(permission => can(of, permission))
}

function accountsOf(given = 'all'): { limited: boolean; accounts: string[] } {
  if (given.trim() === 'all') return { limited: false, accounts: [] }
  const accounts = listOf(given)
  const broken = accounts.find(id => !AccountId.safeParse(id).success)
  if (broken !== undefined || accounts.length === 0) throw new UsageError('badAccounts', { account: broken ?? given })
  return { limited: true, accounts }
}

function numberOf(days: string | undefined): number {
  const parsed = z.coerce.number().int().min(1).max(3650).default(TOKEN_DAYS).safeParse(days)
  if (!parsed.success) throw new UsageError('badOption', { option: '--days' })
  return parsed.data
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}

/** The value of a fixed set for a text. */
function known<T extends string>(all: readonly T[], text: string, reason: string): T {
  const found = all.find(each => each === text)
  if (found === undefined) throw new UsageError(reason, { value: text, known: all.join(', ') })
  return found
}
