import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { AuthNotice } from '@/components/sign-in/entry/auth-notice'
import { SetupEntry } from '@/components/sign-in/entry/links/setup-entry'
import { setupState } from '@/lib/store/sign-in/setup'
import { claim, openSetup } from '../actions'

export const dynamic = 'force-dynamic'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth')
  return { title: t('setup') }
}

/** The token is in the fragment of the address: the browser sends it in the body of an action. */
export default async function SetupPage() {
  if ((await setupState(null)) === 'done') return <AuthNotice kind="setupDone" signIn />
  return <SetupEntry open={openSetup} claim={claim} />
}
