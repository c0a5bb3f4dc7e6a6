import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { prisma } from '../../db'
import {
  defaultSourceSettings,
  type SavePrice,
  type SaveUnopenedDays,
  SourceSettings,
} from '../../domain/feeds/sources'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requestChecks } from '../checks/requests'

const { sql } = Prisma

const KEY = 'sources'

/** Stores what a source costs, as somebody entered it; an empty price removes it. */
export async function savePrice(access: Access<'accounts:manage'>, { source, price }: SavePrice): Promise<void> {
  await change(access, { source, price }, ({ prices, ...settings }) => {
    const { [source]: _before, ...others } = prices
    return { ...settings, prices: price === '' ? others : { ...others, [source]: price } }
  })
}

/** Stores after how many days without a visit a source counts as neglected. */
export async function saveUnopenedDays(
  access: Access<'accounts:manage'>,
  { unopenedDays }: SaveUnopenedDays,
): Promise<void> {
  await change(access, { unopenedDays }, settings => ({ ...settings, unopenedDays }))
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
