import { requireAccess } from '@/lib/access/access'
import type { Permission } from '@/lib/access/permissions'
import { holds } from '@/lib/access/proof'

const PAGES: { id: string; needs: Permission | null }[] = [
  { id: 'profile', needs: null },
  { id: 'members', needs: 'members:manage' },
  { id: 'routing', needs: 'accounts:manage' },
  { id: 'due-dates', needs: 'accounts:manage' },
  { id: 'csv', needs: 'accounts:manage' },
  { id: 'tokens', needs: 'tokens:manage' },
  { id: 'audit', needs: 'audit:read' },
]

/** The settings pages that the reader may open, by their names in the address. */
export async function settingsPages(): Promise<string[]> {
  const access = await requireAccess()
  return PAGES.filter(({ needs }) => needs === null || holds(access, needs)).map(page => page.id)
}
