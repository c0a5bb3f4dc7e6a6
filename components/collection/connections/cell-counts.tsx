import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { problemStates } from '@/lib/domain/collection/coverage'
import type { ConnectionView } from '@/lib/domain/collection/views'
import { coverageHref } from '../coverage/coverage-params'

/** How many cells of a connection could be read, and how many could not. */
export function CellCounts({ connection: { ok, failing } }: { connection: ConnectionView }) {
  const t = useTranslations('settings.connections')
  if (ok + failing === 0) return <span className="text-muted">{t('neverRun')}</span>
  return (
    <span className="inline-flex flex-wrap gap-x-3">
      <span>{t('ok', { count: ok })}</span>
      {failing > 0 ? (
        <Link href={coverageHref({ state: [...problemStates] })} className="text-bad hover:underline">
          {t('failing', { count: failing })}
        </Link>
      ) : null}
    </span>
  )
}
