import { useFormatter, useTranslations } from 'next-intl'

interface MineBadgeProps {
  mine: number
  mineOverdue: number
}

/** The number of the reader's findings; renders nothing for zero. */
export function MineBadge({ mine, mineOverdue }: MineBadgeProps) {
  const t = useTranslations('nav')
  const format = useFormatter()
  if (mine === 0) return null
  const late = mineOverdue > 0
  return (
    <span className={`ms-auto whitespace-nowrap font-semibold ${late ? 'text-bad text-xs' : 'text-foreground'}`}>
      <span aria-hidden>{late ? `${format.number(mine)} (! ${format.number(mineOverdue)})` : format.number(mine)}</span>
      <span className="sr-only">{late ? t('mineLate', { mine, late: mineOverdue }) : t('mineOpen', { mine })}</span>
    </span>
  )
}
