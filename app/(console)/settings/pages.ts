import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import type { Permission } from '@/lib/domain/people/role'

/** `whole`: only for members who may see every account. */
const PAGES: { id: string; needs: Permission | null; whole?: true }[] = [
  { id: 'profile', needs: null },
  { id: 'members', needs: 'members:manage' },
  { id: 'sign-in', needs: 'members:manage' },
  { id: 'connections', needs: 'accounts:manage', whole: true },
  { id: 'teams', needs: 'accounts:manage', whole: true },
  { id: 'account-rules', needs: 'accounts:manage', whole: true },
  { id: 'routing', needs: 'accounts:manage', whole: true },
  { id: 'due-dates', needs: 'accounts:manage', whole: true },
  { id: 'severities', needs: 'accounts:manage', whole: true },
  { id: 'standard', needs: 'accounts:manage', whole: true },
  { id: 'closing', needs: 'imports:confirm', whole: true },
  { id: 'csv', needs: 'accounts:manage', whole: true },
  { id: 'tokens', needs: 'tokens:manage' },
  { id: 'audit', needs: 'audit:read' },
]

/** The settings pages that the reader may open, by their names in the address. */
export async function settingsPages(): Promise<string[]> {
  const access = await requireAccess()
  return PAGES.filter(
    ({ needs, whole }) => (needs === null || holds(access, needs)) && (!whole || access.accounts === 'all'),
  ).map(page => page.id)
}
