import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'

/** The landmark of the navigation, under its name. */
export function NavLabel({ children, className }: { children: ReactNode; className: string }) {
  const t = useTranslations('frame')
  return (
    <nav aria-label={t('navigation')} className={className}>
      {children}
    </nav>
  )
}
