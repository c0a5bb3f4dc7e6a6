import { useTranslations } from 'next-intl'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

export default function NotFound() {
  const t = useTranslations('pageState')
  return (
    <EmptyState
      title={<h1 className="text-xl">{t('notFound')}</h1>}
      action={<LinkButton href="/findings">{t('findings')}</LinkButton>}
    >
      {t('notFoundText')}
    </EmptyState>
  )
}
