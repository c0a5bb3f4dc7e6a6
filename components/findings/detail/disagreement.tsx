import { useFormatter, useTranslations } from 'next-intl'
import type { SourceId } from '@/lib/domain/imports/outcome'

interface DisagreementProps {
  /** Sources that say passed. */
  passed: readonly SourceId[]
  /** Sources that still report the problem. */
  failed: readonly SourceId[]
}

/** Lists the sources that no longer report a problem that others report. Renders nothing if all agree. */
export function Disagreement({ passed, failed }: DisagreementProps) {
  const t = useTranslations()
  const format = useFormatter()
  if (passed.length === 0) return null
  const names = (sources: readonly SourceId[]) => format.list(sources.map(source => t(`source.${source}`)))
  return (
    <section className="rounded-2xl border border-border bg-surface-secondary px-4 py-3">
      <h2 className="font-semibold">{t('finding.disagreeing')}</h2>
      <p>
        {t('finding.disagreeingText', {
          sources: names(passed),
          count: passed.length,
          others: names(failed),
          otherCount: failed.length,
        })}
      </p>
    </section>
  )
}
