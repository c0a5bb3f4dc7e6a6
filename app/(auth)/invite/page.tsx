import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { InviteEntry } from '@/components/sign-in/entry/links/invite-entry'
import { passwordsAllowed } from '@/lib/access/sign-in/password'
import { providerNames } from '@/lib/access/sign-in/providers'
import { accept, openInvite } from '../actions'

export const dynamic = 'force-dynamic'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth')
  return { title: t('invite') }
}

/** The token is in the fragment of the address: the browser sends it in the body of an action. */
export default function InvitePage() {
  return <InviteEntry open={openInvite} passwords={passwordsAllowed()} providers={providerNames()} accept={accept} />
}
