import type { Inventory, Resource } from '../checks/check'
import type { CollectorId } from '../collection/collectors'

export type { Resource }

/** What AWS WAF is judged by: the resources of one account, and what was read of it. */
export type Resources = Pick<Inventory, 'resources' | 'cell'>

/** Whether the last reading of a cell ended well and the cell has been read completely. */
export function isRead({ cell }: Resources, collector: CollectorId, region: string): boolean {
  const found = cell(collector, region)
  return found?.state === 'ok' && found.complete
}
