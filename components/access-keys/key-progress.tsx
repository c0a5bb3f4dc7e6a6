import { useFormatter, useTranslations } from 'next-intl'
import type { KeyDay, KeyProgress } from '@/lib/domain/access-keys/views'
import { BurnDown } from '../charts/access-keys/burn-down'
import { BurnDownTable } from '../charts/access-keys/burn-down-table'
import { coverageHref } from '../collection/coverage/coverage-params'
import { Panel } from '../ui/layout/panel'
import { StatNumber } from '../ui/stat-number'
import { keysHref } from './key-params'

/** How far pipelines have moved away from access keys. */
export function KeyProgressView({ progress, days }: { progress: KeyProgress; days: KeyDay[] }) {
  const t = useTranslations('accessKeys')
  const { pipeline, replaced, probable, active, unread } = progress
  const format = useFormatter()
  return (
    <div className="grid gap-2 sm:gap-3.5 lg:grid-cols-[1fr_1.6fr]">
      <div className="grid grid-cols-2 gap-2 *:first:col-span-2 sm:gap-3.5">
        <StatNumber
          title={t('progress')}
          value={pipeline === 0 ? null : t('replacedOf', { replaced, pipeline })}
          none={t('noPipelineKeys')}
          href={keysHref({ use: ['pipeline'] })}
        >
          {pipeline > 0 ? (
            <>
              <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-default">
                <div className="h-full rounded-full bg-good" style={{ width: `${(replaced / pipeline) * 100}%` }} />
              </div>
              <p className="mt-1.5">{t('replacedMeaning')}</p>
            </>
          ) : null}
        </StatNumber>
        <StatNumber
          title={t('probableTitle')}
          value={format.number(probable)}
          href={keysHref({ use: ['probable'], state: ['active'] })}
        >
          {t('probableText')}
        </StatNumber>
        <StatNumber title={t('activeTitle')} value={format.number(active)} href={keysHref({ state: ['active'] })}>
          {unread > 0 ? (
            <a
              href={coverageHref({ state: ['denied', 'failed', 'throttled'] })}
              className="text-accent hover:underline"
            >
              {t('unread', { count: unread })}
            </a>
          ) : (
            t('allRead')
          )}
        </StatNumber>
      </div>
      <Panel title={t('burnDown')} aside={t('burnDownAside')}>
        {days.length > 1 ? (
          <>
            <BurnDown days={days} />
            <BurnDownTable days={days} />
            <p className="mt-2 max-w-prose text-pretty text-muted text-xs">{t('burnDownNote')}</p>
          </>
        ) : (
          <p className="py-1.5 text-muted">{t('burnDownShort')}</p>
        )}
      </Panel>
    </div>
  )
}
