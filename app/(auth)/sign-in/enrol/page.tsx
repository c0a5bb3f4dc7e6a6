import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { Enrolment } from '@/components/sign-in/entry/enrolment'
import { requestRelyingParty } from '@/lib/access/sign-in/relying-party'
import { deviceOf } from '@/lib/domain/people/device'
import { getOwnFactors } from '@/lib/queries/sign-in/second-factors'
import { addPasskeyEnrolment, beginPasskeyEnrolment } from '../../passkey-actions'
import { beginEnrolment, cancel, confirmEnrolment, finish } from '../actions'
import { requirePending } from '../pending-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('twoStep')
  return { title: t('enrol') }
}

export default async function EnrolPage({ searchParams }: PageProps<'/sign-in/enrol'>) {
  const { pending, target } = await requirePending('enrolment', searchParams)
  const [{ totpSince, passkeys }, party, t, head] = await Promise.all([
    getOwnFactors(pending.access),
    requestRelyingParty(),
    getTranslations('passkeys'),
    headers(),
  ])
  const name = deviceOf(head.get('user-agent')) || t('defaultName')
  return (
    <Enrolment
      email={pending.member.email}
      target={target}
      isDone={totpSince !== null || passkeys > 0}
      passkey={typeof party === 'string' ? null : { name, begin: beginPasskeyEnrolment, add: addPasskeyEnrolment }}
      actions={{ begin: beginEnrolment, confirm: confirmEnrolment, finish, cancel }}
    />
  )
}
