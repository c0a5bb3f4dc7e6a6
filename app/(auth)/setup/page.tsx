import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { AuthNotice } from '@/components/auth/auth-notice'
import { SetupForm } from '@/components/auth/setup-form'
import { setupState } from '@/lib/store/setup'
import { claim } from '../actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth')
  return { title: t('setup') }
}

export default async function SetupPage({ searchParams }: PageProps<'/setup'>) {
  const { token } = await searchParams
  const given = typeof token === 'string' ? token : null
  const state = await setupState(given)
  if (state === 'done' && !given) redirect('/sign-in')
  if (state === 'done') return <AuthNotice kind="setupDone" signIn />
  if (state === 'open' && given) return <SetupForm token={given} claim={claim} />
  return <AuthNotice kind={given ? 'setupWrong' : 'setupFind'} />
}
