import { useFormatter, useTranslations } from 'next-intl'
import type { ImportRow } from '@/lib/domain/imports/views'

const KILOBYTE = 1024
const MEGABYTE = 1024 * KILOBYTE

/** The records and bytes that a running import has read. The share is shown once the size is known. */
export function ImportProgress({ run }: { run: ImportRow }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  const whole = Math.max(run.sizeBytes, 1)
  const done = Math.min(run.bytesRead, whole)
  const [unit, bytes] = whole < MEGABYTE ? (['kilobyte', KILOBYTE] as const) : (['megabyte', MEGABYTE] as const)
  const size = (of: number) => format.number(of / bytes, { style: 'unit', unit, maximumFractionDigits: 1 })
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
          done: size(done),
          whole: size(whole),
        })}
      </span>
    </div>
  )
}
