import { useFormatter, useTranslations } from 'next-intl'

/** How many exceptions wait for the reader's decision; nothing where none does. */
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
