import { getFormatter, getLocale, getTranslations } from 'next-intl/server'
import { PrintButton } from '@/components/standard/print-button'
import { StandardDocument } from '@/components/standard/standard-document'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { EmptyState } from '@/components/ui/lists/empty-state'
import { requireAccess } from '@/lib/access/access'
import { holds } from '@/lib/access/proof'
import { now } from '@/lib/clock'
import { visibleText } from '@/lib/domain/text/visible-text'
import { standardSummary } from '@/lib/queries/standard/matrix'
import { getStandardPage, getStandardPolicy } from '@/lib/queries/standard/settings'

/** The standard as the organization publishes it, in the reader's language, with the state of the accounts that the reader may see. */
export async function DocumentSection() {
  const access = await requireAccess('findings:read')
  const [t, format, locale, page, policy] = await Promise.all([
    getTranslations('standard.document'),
    getFormatter(),
    getLocale(),
    getStandardPage(access),
    getStandardPolicy(access),
  ])
  const mayChange = holds(access, 'accounts:manage') && access.accounts === 'all'
  const { title, introduction, published } = page.value
  const language = locale === 'ja' ? 'ja' : 'en'
  if (!published && !mayChange) {
    return (
      <PageShell title={t('title')}>
        <Panel>
          <EmptyState title={t('notPublished')}>{t('notPublishedText')}</EmptyState>
        </Panel>
      </PageShell>
    )
  }
  const summary = await standardSummary(access)
  return (
    <PageShell
      title={visibleText(title[language]) || t('title')}
      lead={
        <>
          {t('asOf', { time: format.dateTime(now(), { dateStyle: 'long', timeStyle: 'short' }) })}
          {' · '}
          {t('scope', { count: summary.accounts })}
        </>
      }
      actions={<PrintButton />}
    >
      {published ? null : <p className="no-print text-muted text-xs">{t('draft')}</p>}
      <StandardDocument introduction={introduction[language]} policy={policy.value} summary={summary} />
    </PageShell>
  )
}
