import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { statuses } from '@/lib/domain/findings/status'
import type { ImportRow } from '@/lib/domain/imports/views'
import { importHref } from '../../findings/finding-links'
import { findingsHref } from '../../findings/list/finding-params'

type CountKey = keyof ImportRow['counts']

/** The list of a count; null if there is none. */
export function countHref(run: ImportRow, key: CountKey): string | null {
  if (key === 'created' || key === 'updated' || key === 'reopened' || key === 'resolved') {
    return findingsHref({
      import: run.id,
      change: key,
      status: [...statuses],
    })
  }
  return key === 'rejected' ? `${importHref(run.id)}#rejects` : null
}

/** The results of an import: all counts above zero, each with a link to its list. */
export function ImportCountLinks({ run }: { run: ImportRow }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  const shown = (['created', 'updated', 'reopened', 'resolved', 'rejected'] as const).filter(key => run.counts[key] > 0)
  if (shown.length === 0 && run.waiting === 0)
    return <span className="text-muted">{run.state === 'done' ? t('nothingNew') : ''}</span>
  return (
    <ul className="flex flex-wrap gap-x-3">
      {run.waiting > 0 ? (
        <li>
          <Link href={importHref(run.id)} className="whitespace-nowrap text-warning hover:underline">
            {t('waiting')} <b className="font-semibold">{format.number(run.waiting)}</b>
          </Link>
        </li>
      ) : null}
      {shown.map(key => (
        <li key={key}>
          <Link
            href={countHref(run, key) ?? importHref(run.id)}
            className={`whitespace-nowrap hover:underline ${key === 'rejected' ? 'text-bad' : 'hover:text-accent'}`}
          >
            {t(`counts.${key}`)} <b className="font-semibold">{format.number(run.counts[key])}</b>
          </Link>
        </li>
      ))}
    </ul>
  )
}
