import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { SecondStep } from '@/components/auth/second-step'
import { getOwnFactors } from '@/lib/queries/second-factors'
import { cancel, giveCode } from '../actions'
import { requirePending } from '../pending-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('twoStep')
  return { title: t('title') }
}

export default async function VerifyPage({ searchParams }: PageProps<'/sign-in/verify'>) {
  const { pending, target } = await requirePending('second-factor', searchParams)
  const { totpSince } = await getOwnFactors(pending.access)
  return (
    <SecondStep
      email={pending.member.email}
      target={target}
      hasApp={totpSince !== null}
      verify={giveCode}
      cancel={cancel}
    />
  )
}
