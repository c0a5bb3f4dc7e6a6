import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { LinkButton } from '../link-button'

interface PaginationProps {
  /** null on the first page. */
  previous: string | null
  /** null on the last page. */
  next: string | null
}

/** Links to the next and the previous page of a list. Renders nothing for a single page. */
export function Pagination({ previous, next }: PaginationProps) {
  const t = useTranslations('common')
  if (!previous && !next) return null
  return (
    <nav aria-label={t('pages')} className="flex items-center justify-end gap-2 pt-3">
      {previous ? (
        <LinkButton href={previous} size="sm" rel="prev">
          <ChevronLeft aria-hidden />
          {t('previous')}
        </LinkButton>
      ) : null}
      {next ? (
        <LinkButton href={next} size="sm" rel="next">
          {t('next')}
          <ChevronRight aria-hidden />
        </LinkButton>
      ) : null}
    </nav>
  )
}
