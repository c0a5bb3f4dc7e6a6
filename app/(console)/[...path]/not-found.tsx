import { useTranslations } from 'next-intl'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'

export default function NotFound() {
  const t = useTranslations('pageState')
  return (
    <EmptyState
      title={<h1 className="text-xl">{t('notFound')}</h1>}
      action={<LinkButton href="/">{t('home')}</LinkButton>}
    >
      {t('noPageText')}
    </EmptyState>
  )
}
