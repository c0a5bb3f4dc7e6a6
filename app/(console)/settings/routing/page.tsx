import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { RoutingForm } from '@/components/policies/routing-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { listAssignable } from '@/lib/queries/people/assignable-members'
import { listAccountNames } from '@/lib/queries/people/members'
import { getRouting } from '@/lib/queries/policies/routing'
import { preview, save } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.routing')
  return { title: t('title') }
}

export default async function RoutingPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.routing')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <RulesSection />
      </Suspense>
    </PageShell>
  )
}

async function RulesSection() {
  const access = await requireWholeAccess('accounts:manage', 'findings:read')
  const [view, accounts, people] = await Promise.all([
    getRouting(access),
    listAccountNames(access),
    listAssignable(access, []),
  ])
  return (
    <RoutingForm
      key={view.version ?? 'first'}
      view={view}
      accounts={accounts.map(({ id, name }) => ({ id, label: name ? `${name} (${id})` : id }))}
      people={people.map(({ id, name, email }) => ({ id, label: name || email }))}
      preview={preview}
      save={save}
    />
  )
}
