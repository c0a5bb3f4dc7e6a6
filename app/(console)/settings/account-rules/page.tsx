import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { AccountRulesForm } from '@/components/accounts/rules/account-rules-form'
import { PageShell } from '@/components/ui/layout/page-shell'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireWholeAccess } from '@/lib/access/access'
import { getAccountRules, getRuleChoices } from '@/lib/queries/accounts/rules'
import { preview, save, tryRule } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.account-rules')
  return { title: t('title') }
}

export default async function AccountRulesPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireWholeAccess('accounts:manage')
  const t = await getTranslations('settings.account-rules')
  return (
    <PageShell title={t('title')} lead={t('lead')}>
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <RulesSection />
      </Suspense>
    </PageShell>
  )
}

async function RulesSection() {
  const access = await requireWholeAccess('accounts:manage')
  const [view, choices] = await Promise.all([getAccountRules(access), getRuleChoices(access)])
  return (
    <AccountRulesForm
      key={view.version ?? 'first'}
      view={view}
      choices={choices}
      tryRule={tryRule}
      preview={preview}
      save={save}
    />
  )
}
