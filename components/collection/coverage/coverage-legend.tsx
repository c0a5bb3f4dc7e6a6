import { useTranslations } from 'next-intl'
import { cellStates } from '@/lib/domain/collection/lines'
import { CellStateText } from './cell-state'

/** The meaning of each state. */
export function CoverageLegend() {
  const t = useTranslations('coverage')
  return (
    <section aria-label={t('legend')} className="border-border border-t pt-3">
      <dl className="grid gap-x-6 gap-y-1.5 text-xs sm:grid-cols-2 lg:grid-cols-3">
        {cellStates.map(state => (
          <div key={state} className="flex gap-2">
            <dt className="w-28 shrink-0">
              <CellStateText state={state} />
            </dt>
            <dd className="text-muted">{t(`meanings.${state}`)}</dd>
          </div>
        ))}
        <div className="hidden gap-2 md:flex">
          <dt className="w-28 shrink-0 font-semibold text-muted">– {t('neverRead')}</dt>
          <dd className="text-muted">{t('meanings.neverRead')}</dd>
        </div>
        <div className="hidden gap-2 md:flex">
          <dt className="w-28 shrink-0 font-semibold text-muted">1/2</dt>
          <dd className="text-muted">{t('meanings.share')}</dd>
        </div>
      </dl>
    </section>
  )
}
