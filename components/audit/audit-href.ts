import type { AuditFilter } from '@/lib/domain/people/views'

/** The address of the filtered log from a position on. */
export function auditHref(filter: AuditFilter, cursor?: string): string {
  const query = new URLSearchParams()
  if (filter.actor) query.set('actor', filter.actor)
  if (filter.action) query.set('action', filter.action)
  if (filter.from) query.set('from', filter.from)
  if (filter.to) query.set('to', filter.to)
  if (cursor) query.set('cursor', cursor)
  return query.size > 0 ? `/settings/audit?${query}` : '/settings/audit'
}
