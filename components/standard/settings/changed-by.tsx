import { useFormatter, useTranslations } from 'next-intl'
import type { Changed } from '@/lib/domain/standard/views'
import { visibleText } from '@/lib/domain/text/visible-text'

/** The person who changed a setting last; nothing before anybody did. */
export function ChangedBy({ view: { changedBy, changedAt } }: { view: Changed<unknown> }) {
  const t = useTranslations('settings.standard')
  const format = useFormatter()
  if (changedBy === null || changedAt === null) return null
  const time = format.dateTime(changedAt, { dateStyle: 'medium', timeStyle: 'short' })
  return <>{t('changedBy', { name: visibleText(changedBy), time })}</>
}
