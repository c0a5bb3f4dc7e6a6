import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { RegisterAccount, UpdateAccount } from '../../domain/accounts/filter'
import { DecidedBy, type RuledField, ruledFields } from '../../domain/accounts/rules'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { type Account, Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { repeatChecks } from '../checks/requests'
import { recheckRules } from '../exceptions/apply'
import { moveDueDatesOf } from '../policies/due-policy'
import { queuePolicies } from '../policies/queue'
import { routeFindingsOf } from '../policies/routing'
import { requireActiveTeams } from '../teams/rows'
import { holdAccountRules, ruleAccounts } from './account-rules'
import { lockAccounts } from './lock'

const { sql } = Prisma

/**
 * Updates an account; unset fields stay. Updating a discovered account registers it. Due dates of the policy and teams
 * of routing are computed again. Throws NotFoundError outside the actor's accounts, `conflict` for a team that is
 * unknown or retired.
 */
export async function updateAccount(access: Access<'accounts:manage'>, input: UpdateAccount): Promise<void> {
  if (!inScope(access, input.id)) throw new NotFoundError()
  await prisma().$transaction(
    async tx => {
      await requireTeam(tx, input)
      const rules = await holdAccountRules(tx)
      const account = await lockedAccount(tx, input.id)
      if (!account) throw new NotFoundError()
      await change(tx, access, account, input, 'account.update')
      await ruleAccounts(tx, access, rules, [account.id])
    },
    { timeout: 60_000 },
  )
  await reapplyDecisions(access, input.id)
}

/**
 * Adds an account that no report names yet, or registers a discovered one. Throws `conflict` if it is registered
 * already, ForbiddenError outside the actor's accounts.
 */
export async function registerAccount(access: Access<'accounts:manage'>, input: RegisterAccount): Promise<void> {
  if (!inScope(access, input.id)) throw new ForbiddenError()
  await prisma().$transaction(
    async tx => {
      await requireTeam(tx, input)
      const rules = await holdAccountRules(tx)
      await executeIn(
        tx,
        sql`INSERT INTO account (id, origin, created_at, updated_at)
          VALUES (${input.id}, 'discovered', ${now()}, ${now()}) ON CONFLICT (id) DO NOTHING`,
      )
      const account = await lockedAccount(tx, input.id)
      if (!account || account.origin === 'registered')
        throw new AppError('conflict', { reason: 'accountExists', field: 'id' })
      await change(tx, access, account, input, 'account.register')
      await ruleAccounts(tx, access, rules, [account.id])
    },
    { timeout: 60_000 },
  )
  await reapplyDecisions(access, input.id)
}

/** Applies the policies to a small account at once; jobs do the rest. */
async function reapplyDecisions(access: Access<'accounts:manage'>, id: string): Promise<void> {
  await moveDueDatesOf(access, id)
  await routeFindingsOf(access, id)
}

function inScope(access: Access, id: string): boolean {
  const accounts = accountFilter(access)
  return accounts === null || accounts.includes(id)
}

/** Locks the team. Teams are locked before accounts. */
async function requireTeam(tx: Tx, { ownerTeam }: Pick<UpdateAccount, 'ownerTeam'>): Promise<void> {
  if (ownerTeam !== undefined) await requireActiveTeams(tx, [ownerTeam], 'ownerTeam')
}

async function lockedAccount(tx: ModelTx, id: string): Promise<Account | null> {
  await lockAccounts(tx, [id])
  return tx.account.findUnique({ where: { id } })
}

async function change(
  tx: ModelTx,
  access: Access<'accounts:manage'>,
  account: Account,
  input: UpdateAccount,
  action: string,
): Promise<void> {
  const before = { ...pick(account), origin: account.origin }
  const after = { ...before, ...given(input), origin: 'registered' }
  const decided = DecidedBy.parse(account.decidedBy)
  const decidedBy = decisionsAfter(decided, before, after, input.follow ?? [])
  if (JSON.stringify([before, decided]) === JSON.stringify([after, decidedBy])) return
  await tx.account.update({ where: { id: account.id }, data: { ...after, decidedBy, updatedAt: now() } })
  const { name: _before, ...factsBefore } = before
  const { name: _after, ...factsAfter } = after
  // Every field except the name can change the team, the due date or the exception rules of findings.
  if (JSON.stringify(factsBefore) !== JSON.stringify(factsAfter)) {
    await queuePolicies(tx, access, ['due-policy', 'routing'], [account.id])
    await recheckRules(tx)
    // Checks may be disabled in its new environment.
    await repeatChecks(tx, account.id)
  }
  await recordAudit(tx, access, {
    action,
    target: `account:${account.id}`,
    accountId: account.id,
    detail: { before, after },
  })
}

/** What a person changed is theirs, until they leave it to the rules again. */
function decisionsAfter(decided: DecidedBy, before: Facts, after: Facts, follow: readonly RuledField[]): DecidedBy {
  const decisions = { ...decided }
  for (const field of ruledFields) {
    if (follow.includes(field)) delete decisions[field]
    else if (before[field] !== after[field]) decisions[field] = { rule: null }
  }
  return decisions
}

interface Facts {
  name: string
  environment: string | null
  ownerTeam: string
  tags: Record<string, string>
  itScope: boolean
}

function pick(account: Account): Facts {
  const { name, environment, ownerTeam, itScope } = account
  return { name, environment, ownerTeam, tags: sorted(account.tags), itScope }
}

function given(input: UpdateAccount): Partial<Facts> {
  const { name, environment, ownerTeam, tags, itScope } = input
  return {
    ...(name !== undefined && { name }),
    ...(environment !== undefined && { environment }),
    ...(ownerTeam !== undefined && { ownerTeam }),
    ...(tags !== undefined && { tags: sorted(tags) }),
    ...(itScope !== undefined && { itScope }),
  }
}

/** Sorts tags by name, so that equal tags are equal as JSON. */
function sorted(tags: Prisma.JsonValue): Record<string, string> {
  const entries = Object.entries(tags ?? {}).map(([key, value]): [string, string] => [key, String(value)])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
