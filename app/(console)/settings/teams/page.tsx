import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { TeamSettings } from '@/components/teams/team-settings'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { listTeamUses } from '@/lib/queries/teams/teams'
import { add, makeDefault, rename, restore, retire } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.teams')
  return { title: t('title') }
}

export default async function TeamsPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.teams')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <TeamsSection />
      </Suspense>
    </PageShell>
  )
}

async function TeamsSection() {
  const access = await requireWholeAccess('accounts:manage')
  const uses = await listTeamUses(access)
  return (
    <TeamSettings uses={uses} add={add} rename={rename} makeDefault={makeDefault} retire={retire} restore={restore} />
  )
}
