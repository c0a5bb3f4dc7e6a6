import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { requireAccess } from '@/lib/access/access'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('pageState')
  return { title: t('notFound') }
}

/** Any other address: "Not found" in the frame, for those who have signed in. */
export default async function UnknownPage({ params }: PageProps<'/[...path]'>) {
  const { path } = await params
  // Programs that ask for an unknown address of the API are not sent to the sign-in page.
  if (path[0] !== 'api') await requireAccess()
  notFound()
}
