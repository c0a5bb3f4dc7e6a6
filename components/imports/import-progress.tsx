import { useFormatter, useTranslations } from 'next-intl'
import type { ImportRow } from '@/lib/domain/import-views'

const MEGABYTE = 1_048_576

/** How many records and bytes of a running import are worked through. The whole is known once the size is. */
export function ImportProgress({ run }: { run: ImportRow }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  const whole = Math.max(run.sizeBytes, 1)
  const done = Math.min(run.bytesRead, whole)
  const percent = format.number(done / whole, { style: 'percent', maximumFractionDigits: 0 })
  return (
    <div className="flex min-w-40 flex-col gap-0.5">
      <progress
        max={whole}
        value={done}
        aria-label={t('progressOf', { id: run.id })}
        className="h-1.5 w-full accent-accent"
      >
        {percent}
      </progress>
      <span className="text-muted text-xs">
        {t('progress', {
          records: run.counts.read,
          done: format.number(done / MEGABYTE, { maximumFractionDigits: 1 }),
          whole: format.number(whole / MEGABYTE, { maximumFractionDigits: 1 }),
        })}
      </span>
    </div>
  )
}
