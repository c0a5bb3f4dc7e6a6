import 'server-only'
import type { Access } from '../access/proof'
import { recordThrottled } from '../access/throttled-audit'

/** Records that an actor took a whole list out of the product. `filter` is what it was narrowed to. */
export async function recordExport(
  access: Access<'export:read'>,
  action: 'findings.export',
  target: string,
  filter: Record<string, unknown>,
): Promise<void> {
  const set = Object.entries(filter).filter(
    ([, value]) => value !== null && value !== undefined && String(value) !== '',
  )
  const { actor, ip } = access
  await recordThrottled({ action, actor, ip, target, detail: { filter: Object.fromEntries(set) } })
}
