import type { Metadata } from 'next'
import { useTranslations } from 'next-intl'
import { getTranslations } from 'next-intl/server'
import { Suspense } from 'react'
import { InviteDialog } from '@/components/people/invites/invite-dialog'
import { InviteTable } from '@/components/people/invites/invite-table'
import { MemberTable } from '@/components/people/member-table'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { PanelSkeleton } from '@/components/ui/skeletons'
import { requireAccess } from '@/lib/access/access'
import { passwordsAllowed } from '@/lib/access/sign-in/password'
import { listInvites } from '@/lib/queries/people/invites'
import { listAccountNames, listMembers } from '@/lib/queries/people/members'
import {
  cancelInvite,
  changeMember,
  dropMember,
  endSessions,
  inviteMember,
  resetMember,
  resetMemberFactors,
  unbindMember,
  unlock,
} from './actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.members')
  return { title: t('title') }
}

export default async function MembersPage() {
  // Before anything is sent, so that the answer to others is a plain 403.
  await requireAccess('members:manage')
  return <Members />
}

function Members() {
  const t = useTranslations('settings.members')
  return (
    <PageShell
      title={t('title')}
      lead={t('lead')}
      actions={
        <Suspense fallback={null}>
          <InviteButton />
        </Suspense>
      }
    >
      <Suspense fallback={<PanelSkeleton lines={8} />}>
        <MembersSection />
      </Suspense>
      <Suspense fallback={null}>
        <InvitesSection />
      </Suspense>
    </PageShell>
  )
}

async function InviteButton() {
  const access = await requireAccess('members:manage', 'findings:read')
  return <InviteDialog accounts={await listAccountNames(access)} invite={inviteMember} />
}

async function MembersSection() {
  const access = await requireAccess('members:manage', 'findings:read')
  const [rows, accounts] = await Promise.all([listMembers(access), listAccountNames(access)])
  const reset = passwordsAllowed() ? resetMember : null
  const actions = {
    change: changeMember,
    remove: dropMember,
    reset,
    resetFactors: resetMemberFactors,
    unlock,
    endSessions,
    unbind: unbindMember,
  }
  return (
    <Panel>
      <MemberTable rows={rows} self={access.actor.id} accounts={accounts} actions={actions} />
    </Panel>
  )
}

async function InvitesSection() {
  const access = await requireAccess('members:manage', 'findings:read')
  const [rows, accounts, t] = await Promise.all([
    listInvites(access),
    listAccountNames(access),
    getTranslations('settings.members'),
  ])
  if (rows.length === 0) return null
  return (
    <Panel title={t('invites')} id="invites">
      <InviteTable rows={rows} accounts={accounts} revoke={cancelInvite} />
    </Panel>
  )
}
