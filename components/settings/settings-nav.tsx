'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'

/** The settings pages, beside the one that is open. */
export function SettingsNav({ pages }: { pages: readonly string[] }) {
  const t = useTranslations('settings')
  const path = usePathname()
  return (
    <nav aria-label={t('navigation')}>
      <ul className="flex flex-wrap gap-1 2xl:flex-col">
        {pages.map(page => (
          <li key={page}>
            <Link
              href={`/settings/${page}`}
              {...(path.startsWith(`/settings/${page}`) ? { 'aria-current': 'page' as const } : {})}
              className="block rounded-xl px-2.5 py-1.5 text-muted hover:bg-default hover:text-foreground aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-soft-foreground"
            >
              {t(`${page}.title`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
