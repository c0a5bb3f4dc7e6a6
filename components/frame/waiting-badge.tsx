import { useFormatter, useTranslations } from 'next-intl'

/** The number of exceptions that wait for the reader's decision; renders nothing for zero. */
export function WaitingBadge({ count }: { count: number }) {
  const t = useTranslations('nav')
  const format = useFormatter()
  if (count === 0) return null
  return (
    <span className="font-semibold text-foreground">
      <span aria-hidden>{format.number(count)}</span>
      <span className="sr-only">{t('waiting', { count })}</span>
    </span>
  )
}
