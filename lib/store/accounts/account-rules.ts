import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  type AccountRule,
  AccountRules,
  applyRules,
  DecidedBy,
  type RuledAccount,
  type SaveAccountRules,
} from '../../domain/accounts/rules'
import type { Tags } from '../../domain/identity/tags'
import { Environment, type Team } from '../../domain/people/team'
import { AppError } from '../../errors'
import { type Account, Prisma } from '../../generated/prisma/client'
import { type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { recheckRules } from '../exceptions/apply'
import { queuePolicies } from '../policies/queue'
import { holdTeams, requireActiveIn } from '../teams/rows'
import { lockAccounts } from './lock'

const { sql } = Prisma

const KEY = 'account-rules'

/** The rules and the teams that they name, locked until the transaction ends. Locked before accounts. */
export interface HeldRules {
  teams: readonly Team[]
  rules: readonly AccountRule[]
}

type Writer = Access<'accounts:manage'> | JobAccess

/** Reads and locks the rules. Take it before accounts are locked. */
export async function holdAccountRules(tx: Tx): Promise<HeldRules> {
  const teams = await holdTeams(tx)
  await lockRules(tx)
  const [stored] = await runIn<{ policy: unknown }>(
    tx,
    sql`SELECT value -> 'policy' AS policy FROM setting WHERE key = ${KEY}`,
  )
  return { teams, rules: stored ? AccountRules.parse(stored.policy) : [] }
}

async function lockRules(tx: Tx): Promise<void> {
  await runIn(tx, sql`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${KEY}`}, 0)))`)
}

/**
 * Sets the rules and applies them to every account. Throws `conflict` if they changed since version `seen`, and for a team that is unknown
 * or retired.
 */
export async function saveAccountRules(
  access: Access<'accounts:manage'>,
  { rules, seen }: SaveAccountRules,
): Promise<{ version: string; changed: number }> {
  requireAllAccounts(access)
  const { kind, id, name } = access.actor
  const version = crypto.randomUUID()
  return prisma().$transaction(
    async tx => {
      const teams = await holdTeams(tx)
      const named = rules.flatMap(({ ownerTeam }) => ownerTeam ?? [])
      requireActiveIn(teams, named, 'rules')
      await lockRules(tx)
      const [stored] = await runIn<{ value: { version: string; policy: AccountRules } }>(
        tx,
        sql`SELECT value FROM setting WHERE key = ${KEY}`,
      )
      if ((stored?.value.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
      const value = { policy: rules, version, at: now().toISOString(), by: { kind, id, name } }
      await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } })
      const detail = { before: stored?.value.policy ?? [], after: rules }
      await recordAudit(tx, access, { action: 'policy.account-rules', target: `setting:${KEY}`, detail })
      const accounts = await runIn<{ id: string }>(tx, sql`SELECT id FROM account ORDER BY id`)
      const ids = accounts.map(account => account.id)
      await lockAccounts(tx, ids)
      return { version, changed: await ruleAccounts(tx, access, { teams, rules }, ids) }
    },
    { timeout: 120_000 },
  )
}

/** Applies the rules to locked accounts. Returns the number of those that changed. */
export async function ruleAccounts(
  tx: ModelTx,
  access: Writer,
  { rules, teams }: HeldRules,
  ids: readonly string[],
): Promise<number> {
  const changed: string[] = []
  for (const account of await tx.account.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } })) {
    const before = toRuled(account)
    const { decidedBy, ...after } = applyRules(before, rules, teams)
    const values = { environment: before.environment, ownerTeam: before.ownerTeam, itScope: before.itScope }
    const moves = JSON.stringify(values) !== JSON.stringify(after)
    if (!moves && isEqual(before.decidedBy, decidedBy)) continue
    await tx.account.update({
      where: { id: account.id },
      data: { ...after, decidedBy, ...(moves && { updatedAt: now() }) },
    })
    if (!moves) continue
    changed.push(account.id)
    await recordAudit(tx, access, {
      action: 'account.update',
      target: `account:${account.id}`,
      accountId: account.id,
      detail: { before: values, after, decidedBy },
    })
  }
  if (changed.length > 0) {
    await queuePolicies(tx, access, ['due-policy', 'routing'], changed)
    await recheckRules(tx)
  }
  return changed.length
}

function isEqual(a: DecidedBy, b: DecidedBy): boolean {
  const text = (decided: DecidedBy) => JSON.stringify(Object.entries(decided).sort())
  return text(a) === text(b)
}

function toRuled({ unit, tags, environment, ownerTeam, itScope, decidedBy }: Account): RuledAccount {
  return {
    unit,
    tags: tags as Tags,
    environment: Environment.nullable().parse(environment),
    ownerTeam,
    itScope,
    decidedBy: DecidedBy.parse(decidedBy),
  }
}
