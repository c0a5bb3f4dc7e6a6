import { useFormatter, useTranslations } from 'next-intl'
import type { HomeView } from '@/lib/domain/views'
import { SeverityCountLinks } from '../accounts/posture/severity-counts'
import { findingsHref, mineHref } from '../findings/list/finding-params'
import { SeverityBar } from '../ui/severity-bar'
import { StatNumber } from '../ui/stat-number'

/** A team's morning in four figures, each leading to its list. */
export function HomeStats({ home }: { home: HomeView }) {
  const t = useTranslations()
  const format = useFormatter()
  const here = { team: [home.team] }
  return (
    <div className="grid grid-cols-3 gap-2 *:first:col-span-3 sm:gap-3.5 lg:grid-cols-[1.5fr_1fr_1fr_1fr] lg:*:first:col-span-1">
      <StatNumber title={t('home.open')} value={format.number(home.openTotal)} href={findingsHref(here)}>
        {home.openTotal > 0 ? (
          <div className="flex flex-col gap-1.5">
            <SeverityBar counts={home.open} />
            <SeverityCountLinks counts={home.open} filter={here} />
          </div>
        ) : (
          t('home.quiet')
        )}
      </StatNumber>
      <StatNumber title={t('nav.mine')} value={format.number(home.mine)} href={mineHref}>
        {home.mineOverdue > 0 ? (
          <a href={findingsHref({ owner: ['me'], overdue: true })} className="font-semibold text-bad hover:underline">
            {t('home.mineOverdue', { count: home.mineOverdue })}
          </a>
        ) : home.mine > 0 ? (
          t('home.mineInTime')
        ) : (
          t('home.mineNone')
        )}
      </StatNumber>
      <StatNumber
        title={t('findings.overdue')}
        value={format.number(home.overdue)}
        href={findingsHref({ ...here, overdue: true, sort: 'due' })}
      />
      <StatNumber
        title={t('findings.nobody')}
        value={format.number(home.unowned)}
        href={findingsHref({ ...here, owner: ['none'] })}
      />
    </div>
  )
}
