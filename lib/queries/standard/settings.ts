import 'server-only'
import type { Access } from '../../access/proof'
import {
  defaultStandardPolicy,
  emptyStandardPage,
  StandardPage,
  StandardPolicy,
  StandardSetting,
} from '../../domain/standard/settings'
import type { Changed } from '../../domain/standard/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

/** Limits of the standard, and the checks that are switched off. */
export async function getStandardPolicy(_access: Access<'findings:read'>): Promise<Changed<StandardPolicy>> {
  const stored = await storedSetting('standard')
  return changedOf(stored, stored ? StandardPolicy.parse(stored.value) : defaultStandardPolicy)
}

/** The text of the page that the organization publishes. */
export async function getStandardPage(_access: Access<'findings:read'>): Promise<Changed<StandardPage>> {
  const stored = await storedSetting('standard-page')
  return changedOf(stored, stored ? StandardPage.parse(stored.value) : emptyStandardPage)
}

async function storedSetting(key: string): Promise<StandardSetting | null> {
  const [row] = await read<{ value: unknown }>(Prisma.sql`SELECT value FROM setting WHERE key = ${key}`)
  return row ? StandardSetting.parse(row.value) : null
}

function changedOf<T>(stored: StandardSetting | null, value: T): Changed<T> {
  if (!stored) return { value, version: null, changedBy: null, changedAt: null }
  return { value, version: stored.version, changedBy: stored.by, changedAt: new Date(stored.at) }
}
