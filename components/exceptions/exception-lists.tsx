import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type ExceptionList, exceptionLists } from '@/lib/domain/exceptions/exception'
import { exceptionsHref } from './exception-params'

/** The lists of exceptions, with the number in each. */
export function ExceptionLists({ chosen, counts }: { chosen: ExceptionList; counts: Record<ExceptionList, number> }) {
  const t = useTranslations('exceptions')
  const format = useFormatter()
  return (
    <nav aria-label={t('lists.label')}>
      <ul className="flex flex-wrap gap-1">
        {exceptionLists.map(list => (
          <li key={list}>
            <Link
              href={exceptionsHref(list)}
              {...(list === chosen ? { 'aria-current': 'page' as const } : {})}
              className="flex min-h-8 items-center gap-1.5 rounded-xl px-3 py-1 text-muted hover:bg-default hover:text-foreground aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-soft-foreground"
            >
              {t(`lists.${list}`)}
              <span className="tabular-nums">{format.number(counts[list])}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
