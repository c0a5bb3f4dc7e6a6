import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import type { KeyMark } from '../../domain/access-keys/filter'
import type { Cell, CheckedAccount, Inventory, Resource } from '../../domain/checks/check'
import type { CellState } from '../../domain/collection/lines'
import { writesType } from '../../domain/collection/resources/written-types'
import { checksOff } from '../../domain/standard/settings'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { storedStandardPolicy } from '../standard/policy'
import { loadAttention } from './attention'
import { loadOrganization } from './organization'

const { sql } = Prisma

/** Regions in which a collector got an answer, or would have with more permissions. */
const ENABLED: ReadonlySet<CellState> = new Set(['ok', 'denied', 'throttled', 'failed'])

/** Everything that checks of an account read; null for one that does not exist or has left the organization. */
export async function loadInventory(job: JobAccess, accountId: string): Promise<Inventory | null> {
  const [row] = await readPrimary<CheckedAccount & { contactsConfirmedAt: Date | null }>(
    sql`SELECT id, name, environment, tags, contacts_confirmed_at AS "contactsConfirmedAt" FROM account WHERE id = ${accountId} AND closed_at IS NULL`,
  )
  if (!row) return null
  const { contactsConfirmedAt, ...account } = row
  const cells = await readPrimary<Cell & { collector: string; region: string }>(
    sql`SELECT collector, region, state, complete_at IS NOT NULL AS complete, action FROM coverage
      WHERE account_id = ${accountId} ORDER BY region, collector`,
  )
  const resources = await readPrimary<Resource & { collector: string }>(
    sql`SELECT collector, region, type, arn, name, data, first_seen_at AS "firstSeenAt", changed_at AS "changedAt" FROM asset
      WHERE account_id = ${accountId} ORDER BY region, arn, id`,
  )
  const owned = await readPrimary<{ id: string }>(sql`SELECT id FROM account WHERE closed_at IS NULL`)
  const marks = await readPrimary<{ id: string; mark: KeyMark }>(
    sql`SELECT id, mark FROM access_key WHERE account_id = ${accountId} AND mark IS NOT NULL`,
  )
  const at = now()
  const attention = await loadAttention(job, accountId, at)
  const byType = new Map<string, Resource[]>()
  for (const { collector, ...resource } of resources) {
    if (!writesType(collector, resource.type)) continue
    const same = byType.get(resource.type)
    if (same) same.push(resource)
    else byType.set(resource.type, [resource])
  }
  const byPlace = new Map(cells.map(({ collector, region, ...cell }) => [`${collector} ${region}`, cell]))
  const enabled = cells.filter(({ region, state }) => region !== 'global' && ENABLED.has(state))
  const policy = await storedStandardPolicy()
  return {
    account,
    now: at,
    attention,
    contactsConfirmedAt,
    limits: policy.limits,
    off: checksOff(policy, account.environment),
    organization: await loadOrganization(job, accountId),
    regions: [...new Set(enabled.map(({ region }) => region))],
    ownAccounts: new Set(owned.map(({ id }) => id)),
    keyMarks: new Map(marks.map(({ id, mark }) => [id, mark])),
    resources(type, region) {
      const found = byType.get(type) ?? []
      return region === undefined ? found : found.filter(resource => resource.region === region)
    },
    cell: (collector, region) => byPlace.get(`${collector} ${region}`) ?? null,
  }
}
