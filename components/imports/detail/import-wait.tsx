import { CirclePause } from 'lucide-react'
import { useFormatter, useNow, useTranslations } from 'next-intl'
import type { ImportRow } from '@/lib/domain/imports/views'

/** Why an import does not continue now, and when it is retried. */
export function ImportWait({ run }: { run: Pick<ImportRow, 'waits'> }) {
  const t = useTranslations('imports.wait')
  const format = useFormatter()
  const now = useNow()
  if (!run.waits) return null
  const { code, retryAt } = run.waits
  const next = !retryAt
    ? t('soon')
    : retryAt <= now
      ? t('now')
      : t('next', {
          time: format.relativeTime(retryAt, {
            now,
            unit: retryAt.getTime() - now.getTime() < 120_000 ? 'second' : 'minute',
          }),
        })
  return (
    <p className="flex items-start gap-1.5 text-warning">
      <CirclePause aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span>
        {t(code)} {next}
      </span>
    </p>
  )
}
