import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { SignInForm } from '@/components/sign-in/entry/sign-in-form'
import { currentMember } from '@/lib/access/access'
import { safePath } from '@/lib/access/paths'
import { pendingSignIn } from '@/lib/access/session/pending'
import { passwordsAllowed } from '@/lib/access/sign-in/password'
import { providerNames } from '@/lib/access/sign-in/providers'
import { requestRelyingParty } from '@/lib/access/sign-in/relying-party'
import { setupState } from '@/lib/store/sign-in/setup'
import { beginPasskey } from '../passkey-actions'
import { stepPath } from './pending-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth')
  return { title: t('signIn') }
}

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const { callbackUrl, error } = await searchParams
  const target = safePath(onThisSite(typeof callbackUrl === 'string' ? callbackUrl : null))
  if (await currentMember()) redirect(target)
  const problem = typeof error === 'string' ? error : null
  const pending = problem ? null : await pendingSignIn()
  if (pending) redirect(stepPath(pending.stage, target))
  // There is no member yet: the page explains how to begin.
  if ((await setupState(null)) !== 'done') redirect('/setup')
  const party = await requestRelyingParty()
  return (
    <SignInForm
      target={target}
      passwords={passwordsAllowed()}
      providers={providerNames()}
      passkey={typeof party === 'string' ? null : beginPasskey}
      problem={problem}
    />
  )
}

/** next-auth returns whole addresses; only the part after the host is used, and safePath checks it. */
function onThisSite(wanted: string | null): string | null {
  if (!wanted || wanted.startsWith('/') || !URL.canParse(wanted)) return wanted
  const { pathname, search } = new URL(wanted)
  return `${pathname}${search}`
}
