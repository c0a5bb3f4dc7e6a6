'use client'

import { useNow, useTranslations } from 'next-intl'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** The age of a reading in one number, for narrow columns. */
export function ShortAge({ date }: { date: Date }) {
  const t = useTranslations('coverage')
  const now = useNow({ updateInterval: 60_000 })
  const age = Math.max(now.getTime() - date.getTime(), 0)
  const found = UNITS.find(([, size]) => age >= size)
  return (
    <time dateTime={date.toISOString()} className="whitespace-nowrap" suppressHydrationWarning>
      {found ? t(`age.${found[0]}`, { count: Math.floor(age / found[1]) }) : t('justNow')}
    </time>
  )
}
