import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { AuthNotice } from '@/components/auth/auth-notice'
import { InviteForm } from '@/components/auth/invite-form'
import { passwordsAllowed } from '@/lib/access/password'
import { providerNames } from '@/lib/access/providers'
import { findInvite } from '@/lib/queries/invites'
import { accept } from '../actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth')
  return { title: t('invite') }
}

export default async function InvitePage({ searchParams }: PageProps<'/invite'>) {
  const { token } = await searchParams
  const invite = typeof token === 'string' ? await findInvite(token) : null
  if (!invite || typeof token !== 'string') return <AuthNotice kind="inviteSpent" signIn />
  return (
    <InviteForm
      token={token}
      invite={invite}
      passwords={passwordsAllowed()}
      providers={invite.name === null ? providerNames() : []}
      accept={accept}
    />
  )
}
