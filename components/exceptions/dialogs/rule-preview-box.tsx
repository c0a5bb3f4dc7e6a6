import { useTranslations } from 'next-intl'
import type { RulePreview } from '@/lib/domain/policies/views'
import { SeverityBadge } from '../../ui/severity-badge'

/** How many open findings a rule would cover, by severity. */
export function RulePreviewBox({ preview }: { preview: RulePreview }) {
  const t = useTranslations('exceptions')
  return (
    <div className="rounded-2xl bg-surface-secondary px-3 py-2 text-foreground">
      <p className="font-semibold">{t('previewCount', { count: preview.covers })}</p>
      <p className="flex flex-wrap gap-x-4">
        {preview.bySeverity.map(({ severity, count }) => (
          <span key={severity} className="flex items-center gap-1.5">
            <SeverityBadge severity={severity} /> {count}
          </span>
        ))}
      </p>
    </div>
  )
}
