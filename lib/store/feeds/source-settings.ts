import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { prisma } from '../../db'
import { paidServiceDefinition } from '../../domain/collection/paid-services/paid-services'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import {
  defaultSourceSettings,
  type SavePrice,
  type SaveUnopenedDays,
  SourceSettings,
} from '../../domain/feeds/sources'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requestChecks } from '../checks/requests'
import { refuseOverwrite } from '../overwrite'

const { sql } = Prisma

const KEY = 'sources'

/**
 * Stores what a source costs, as somebody entered it; an empty price removes it. Throws `invalid` for an unknown source,
 * and `conflict` where somebody else changed its price.
 */
export async function savePrice(access: Access<'accounts:manage'>, { source, price, seen }: SavePrice): Promise<void> {
  if (!feedDefinition(source) && !paidServiceDefinition(source))
    throw new AppError('invalid', { reason: 'parameterValue', field: 'source' })
  await change(access, { source, price }, ({ prices, ...settings }) => {
    const { [source]: before = '', ...others } = prices
    refuseOverwrite({ price: before }, { price: seen }, { price })
    return { ...settings, prices: price === '' ? others : { ...others, [source]: price } }
  })
}

/**
 * Stores after how many days without a visit a source counts as neglected. Throws `conflict` where somebody else changed
 * it.
 */
export async function saveUnopenedDays(
  access: Access<'accounts:manage'>,
  { unopenedDays, seen }: SaveUnopenedDays,
): Promise<void> {
  await change(access, { unopenedDays }, settings => {
    refuseOverwrite({ unopenedDays: settings.unopenedDays }, { unopenedDays: seen }, { unopenedDays })
    return { ...settings, unopenedDays }
  })
}

async function change(
  access: Access<'accounts:manage'>,
  detail: Prisma.InputJsonObject,
  to: (settings: SourceSettings) => SourceSettings,
): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const value = to(await lockSettings(tx))
    await tx.setting.update({ where: { key: KEY }, data: { value } })
    await recordAudit(tx, access, { action: 'setting.sources', target: `setting:${KEY}`, detail })
    await requestChecks(tx, null)
  })
}

/** Of two people who save at once, the second sees what the first one saved. */
async function lockSettings(tx: ModelTx): Promise<SourceSettings> {
  const value = JSON.stringify(defaultSourceSettings)
  await executeIn(tx, sql`INSERT INTO setting (key, value) VALUES (${KEY}, ${value}::jsonb) ON CONFLICT DO NOTHING`)
  await executeIn(tx, sql`SELECT 1 FROM setting WHERE key = ${KEY} FOR UPDATE`)
  const { value: stored } = await tx.setting.findUniqueOrThrow({ where: { key: KEY } })
  return SourceSettings.parse(stored)
}
