import { X } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'

export interface ActiveFilter {
  key: string
  label: string
  /** The list without this filter. */
  href: string
}

/** The active filters, each removable. */
export function FilterChips({ filters, clear }: { filters: readonly ActiveFilter[]; clear: string }) {
  const t = useTranslations('common')
  if (filters.length === 0) return null
  return (
    <ul aria-label={t('activeFilters')} className="flex flex-wrap items-center gap-1.5">
      {filters.map(filter => (
        <li key={filter.key}>
          <Link
            href={filter.href}
            scroll={false}
            aria-label={t('removeFilter', { label: filter.label })}
            className="inline-flex min-h-6 max-w-80 items-center gap-1 rounded bg-accent-soft px-2 text-accent-soft-foreground text-xs hover:bg-accent-soft-hover"
          >
            <span className="truncate">{filter.label}</span>
            <X aria-hidden className="size-3 shrink-0" />
          </Link>
        </li>
      ))}
      <li>
        <Link href={clear} scroll={false} className="px-1 text-muted text-xs underline hover:text-foreground">
          {t('clearFilters')}
        </Link>
      </li>
    </ul>
  )
}
