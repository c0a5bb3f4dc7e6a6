import { CircleAlert } from 'lucide-react'
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
    <span
      className={`ms-auto inline-flex items-center gap-1 whitespace-nowrap font-semibold ${late ? 'text-bad' : 'text-foreground'}`}
      {...(late && { title: t('mineLate', { mine, late: mineOverdue }) })}
    >
      {late ? <CircleAlert aria-hidden className="size-3.5" /> : null}
      <span aria-hidden>{format.number(mine)}</span>
      <span className="sr-only">{late ? t('mineLate', { mine, late: mineOverdue }) : t('mineOpen', { mine })}</span>
    </span>
  )
}
