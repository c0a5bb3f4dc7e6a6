import { useFormatter, useTranslations } from 'next-intl'
import type { EntranceView } from '@/lib/domain/waf/views'
import { StatNumber } from '../../ui/stat-number'

const TOTALS = ['requests', 'allowed', 'counted', 'blocked'] as const

/** The requests of an entrance in 30 days, and what its web ACL did with those that it saw. */
export function RequestTotals({ entrance }: { entrance: EntranceView }) {
  const t = useTranslations()
  const format = useFormatter()
  return (
    <section aria-label={t('waf.totals')} className="flex flex-col gap-1.5">
      <div className="grid grid-cols-2 gap-2 sm:gap-3.5 lg:grid-cols-4">
        {TOTALS.map(key => (
          <StatNumber
            key={key}
            title={t(`waf.columns.${key}`)}
            value={entrance[key] === null ? null : format.number(entrance[key])}
            none={key !== 'requests' && entrance.webAcl === null ? t('waf.noAcl') : t('common.noData')}
          />
        ))}
      </div>
      <p className="text-2xs text-muted">{t(entrance.webAcl ? 'waf.last30' : 'waf.totals')}</p>
    </section>
  )
}
