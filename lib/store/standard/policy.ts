import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import {
  defaultStandardPolicy,
  emptyStandardPage,
  type SaveStandardPage,
  type SaveStandardPolicy,
  StandardPage,
  StandardPolicy,
  StandardSetting,
} from '../../domain/standard/settings'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requestChecks } from '../checks/requests'

const { sql } = Prisma

const POLICY = 'standard'
const PAGE = 'standard-page'

/** The decisions in force. */
export async function storedStandardPolicy(): Promise<StandardPolicy> {
  const [row] = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${POLICY}`)
  return row ? StandardPolicy.parse(StandardSetting.parse(row.value).value) : defaultStandardPolicy
}

async function standardPolicyIn(tx: Tx): Promise<StandardPolicy> {
  const stored = await storedIn(tx, POLICY)
  return stored ? StandardPolicy.parse(stored.value) : defaultStandardPolicy
}

/**
 * Sets limits, and switches checks on or off; all accounts are checked again. Throws `conflict` if somebody else
 * changed them since version `seen`, ForbiddenError for an actor who does not see every account.
 */
export async function saveStandardPolicy(
  access: Access<'accounts:manage'>,
  { policy, seen }: SaveStandardPolicy,
): Promise<{ version: string }> {
  requireAllAccounts(access)
  return prisma().$transaction(async tx => {
    const before = await standardPolicyIn(tx)
    const version = await save(tx, access, POLICY, policy, seen)
    await recordAudit(tx, access, {
      action: 'setting.standard',
      target: `setting:${POLICY}`,
      detail: { before, after: policy },
    })
    await requestChecks(tx, null)
    return { version }
  })
}

/** Sets the text of the published page. Throws as `saveStandardPolicy` does. */
export async function saveStandardPage(
  access: Access<'accounts:manage'>,
  { page, seen }: SaveStandardPage,
): Promise<{ version: string }> {
  requireAllAccounts(access)
  return prisma().$transaction(async tx => {
    const stored = await storedIn(tx, PAGE)
    const before = stored ? StandardPage.parse(stored.value) : emptyStandardPage
    const version = await save(tx, access, PAGE, page, seen)
    await recordAudit(tx, access, {
      action: 'setting.standard-page',
      target: `setting:${PAGE}`,
      detail: { before, after: page },
    })
    return { version }
  })
}

async function save(
  tx: ModelTx,
  { actor }: Access,
  key: string,
  value: Prisma.InputJsonObject,
  seen: string | null,
): Promise<string> {
  await runIn(tx, sql`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${key}`}, 0)))`)
  const stored = await storedIn(tx, key)
  if ((stored?.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
  const version = crypto.randomUUID()
  const next = { value, version, at: now().toISOString(), by: actor.name }
  await tx.setting.upsert({ where: { key }, create: { key, value: next }, update: { value: next } })
  return version
}

async function storedIn(tx: Tx, key: string): Promise<StandardSetting | null> {
  const [row] = await runIn<{ value: unknown }>(tx, sql`SELECT value FROM setting WHERE key = ${key}`)
  return row ? StandardSetting.parse(row.value) : null
}
