import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { SecondStep } from '@/components/sign-in/entry/second-step'
import { requestRelyingParty } from '@/lib/access/sign-in/relying-party'
import { getOwnFactors } from '@/lib/queries/sign-in/second-factors'
import { answerPasskeyStep, beginPasskeyStep } from '../../passkey-actions'
import { cancel, giveCode } from '../actions'
import { requirePending } from '../pending-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('twoStep')
  return { title: t('title') }
}

export default async function VerifyPage({ searchParams }: PageProps<'/sign-in/verify'>) {
  const { pending, target } = await requirePending('second-factor', searchParams)
  const [{ totpSince, passkeys }, party] = await Promise.all([getOwnFactors(pending.access), requestRelyingParty()])
  return (
    <SecondStep
      email={pending.member.email}
      target={target}
      hasApp={totpSince !== null}
      passkey={
        passkeys > 0 && typeof party !== 'string' ? { begin: beginPasskeyStep, answer: answerPasskeyStep } : null
      }
      verify={giveCode}
      cancel={cancel}
    />
  )
}
