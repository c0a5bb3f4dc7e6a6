import { getFormatter, getTranslations } from 'next-intl/server'
import { DeliveryTable } from '@/components/sources/delivery-table'
import { SignalTable } from '@/components/sources/signal-table'
import { SourceTable } from '@/components/sources/source-table'
import { SupportPlans } from '@/components/sources/support-plans'
import { UnopenedDays } from '@/components/sources/unopened-days'
import { Panel } from '@/components/ui/layout/panel'
import { LinkButton } from '@/components/ui/link-button'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { feedDefinition } from '@/lib/domain/feeds/feed-definitions'
import { listDeliveries } from '@/lib/queries/events/delivery'
import { listSignals } from '@/lib/queries/feeds/signals'
import { getSourceSettings, listSources } from '@/lib/queries/feeds/sources'
import { price, unopenedDays } from './actions'

export async function SourcesSection() {
  const access = await requireAccess('findings:read')
  const [rows, deliveries, signals, settings, t, format] = await Promise.all([
    listSources(access),
    listDeliveries(access),
    listSignals(access),
    getSourceSettings(access),
    getTranslations(),
    getFormatter(),
  ])
  if (rows.length === 0) {
    return (
      <Panel>
        <EmptyState
          title={t('sources.none')}
          action={
            <LinkButton href="/imports" variant="primary">
              {t('sources.toImports')}
            </LinkButton>
          }
        >
          {t('sources.noneText')}
        </EmptyState>
      </Panel>
    )
  }
  const maySave = holds(access, 'accounts:manage') && access.accounts === 'all'
  const planned = rows.find(({ id }) => feedDefinition(id)?.cost === 'plan')
  const asOf = t('common.asOf', { time: format.dateTime(now(), { dateStyle: 'medium', timeStyle: 'short' }) })
  return (
    <>
      <Panel title={t('sources.count', { count: rows.length })} aside={asOf}>
        <SourceTable rows={rows} {...(maySave && { save: price })} />
        <p className="mt-3 max-w-3xl text-pretty text-muted text-xs">
          {t('sources.hint', { days: settings.unopenedDays })}
        </p>
        {maySave ? (
          <div className="mt-3">
            <UnopenedDays key={settings.unopenedDays} unopenedDays={settings.unopenedDays} save={unopenedDays} />
          </div>
        ) : null}
      </Panel>
      {deliveries.length > 0 ? (
        <Panel title={t('sources.events.title')} aside={asOf}>
          <DeliveryTable rows={deliveries} mayOpen={maySave} />
        </Panel>
      ) : null}
      <Panel title={t('sources.signals.title')} aside={asOf}>
        <SignalTable rows={signals} />
      </Panel>
      {planned ? <SupportPlans accounts={planned.accounts} /> : null}
    </>
  )
}
