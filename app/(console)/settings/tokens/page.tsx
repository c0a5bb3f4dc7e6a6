import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { OwnerlessTokens } from '@/components/people/tokens/ownerless-tokens'
import { TokenDialog } from '@/components/people/tokens/token-dialog'
import { TokenTable } from '@/components/people/tokens/token-table'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { can } from '@/lib/access/permissions'
import { collectorPermissions, roles, tokenPermissions } from '@/lib/domain/people/role'
import { listAccountNames } from '@/lib/queries/people/members'
import { listTokens } from '@/lib/queries/people/tokens'
import { endToken, makeToken, takeOver } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.tokens')
  return { title: t('title') }
}

export default async function TokensPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireAccess('tokens:manage')
  return <Tokens />
}

function Tokens() {
  const t = useTranslations('settings.tokens')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={
        <Suspense fallback={null}>
          <CreateButton />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={6} />}>
        <TokensSection />
      </Suspense>
    </PageShell>
  )
}

async function CreateButton() {
  const access = await requireAccess('tokens:manage', 'findings:read')
  // A token of an administrator's reach is one of a lead's: it cannot manage members or tokens.
  const presets = roles
    .filter(role => role !== 'admin')
    .map(role => ({ role, permissions: tokenPermissions.filter(permission => can(role, permission)) }))
  const collector = { role: 'collector' as const, permissions: collectorPermissions }
  return <TokenDialog accounts={await listAccountNames(access)} presets={[collector, ...presets]} make={makeToken} />
}

async function TokensSection() {
  const access = await requireAccess('tokens:manage', 'findings:read')
  const [rows, accounts] = await Promise.all([listTokens(access), listAccountNames(access)])
  return (
    <>
      <OwnerlessTokens count={rows.filter(({ owner, state }) => !owner && state === 'active').length} />
      <Panel>
        <TokenTable rows={rows} accounts={accounts} revoke={endToken} takeOver={takeOver} />
      </Panel>
    </>
  )
}
