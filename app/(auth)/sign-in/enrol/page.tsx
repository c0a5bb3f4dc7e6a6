import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { Enrolment } from '@/components/auth/enrolment'
import { getOwnFactors } from '@/lib/queries/second-factors'
import { beginEnrolment, cancel, confirmEnrolment, finish } from '../actions'
import { requirePending } from '../pending-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('twoStep')
  return { title: t('enrol') }
}

export default async function EnrolPage({ searchParams }: PageProps<'/sign-in/enrol'>) {
  const { pending, target } = await requirePending('enrolment', searchParams)
  const { totpSince, passkeys } = await getOwnFactors(pending.access)
  return (
    <Enrolment
      email={pending.member.email}
      target={target}
      isDone={totpSince !== null || passkeys > 0}
      actions={{ begin: beginEnrolment, confirm: confirmEnrolment, finish, cancel }}
    />
  )
}
