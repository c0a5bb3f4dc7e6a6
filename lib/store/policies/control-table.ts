import 'server-only'
import { z } from 'zod'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { readControls, withRows } from '../../domain/controls/refresh'
import {
  type Control,
  ControlRow,
  putControlTable,
  shippedControlTable,
  toControlTable,
} from '../../domain/controls/table'
import { Prisma } from '../../generated/prisma/client'
import { log } from '../../log'
import { readPrimary } from '../../sql/read'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

const KEY = 'control-rows'

/**
 * Keeps the rows of a file in place of those of this version; an empty list goes back to them. They count once every
 * process has started again: the first worker then groups, rates and routes what is stored. Throws where they are no
 * table, such as for a name in two rows.
 */
export async function saveControlRows(
  access: Access<'accounts:manage'>,
  raw: unknown,
): Promise<{ changed: number; added: number }> {
  requireAllAccounts(access)
  const rows = readControls(raw, now().toISOString().slice(0, 10))
  toControlTable(withRows(rows))
  const kept = rows.filter(row => JSON.stringify(row) !== JSON.stringify(shippedControlTable.named(row.id)))
  const added = kept.filter(row => shippedControlTable.named(row.id) === null).length
  await prisma().$transaction(async tx => {
    const value = kept as unknown as Prisma.InputJsonValue
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } })
    const detail = { rows: kept.map(({ id, severity, category }) => ({ id, severity, category })) }
    await recordAudit(tx, access, { action: 'setting.controls', target: `setting:${KEY}`, detail })
  })
  return { changed: kept.length - added, added }
}

/** Puts the stored rows in force in this process. Rows that no longer fit this version are left out, with a warning. */
export async function loadControlTable(): Promise<void> {
  const [stored] = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${KEY}`)
  if (stored) putControlTable(toControlTable(tableOf(stored.value)))
}

function tableOf(value: unknown): readonly Control[] {
  try {
    const controls = withRows(z.array(ControlRow).parse(value))
    toControlTable(controls)
    return controls
  } catch (error) {
    log.warn({ reason: String(error) }, 'the rows of controls that were read from a file do not fit this version')
    return shippedControlTable.controls
  }
}
