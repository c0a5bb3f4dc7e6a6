import Link from 'next/link'
import { useTranslations } from 'next-intl'

/** The product's mark, which leads home. */
export function Logo() {
  const t = useTranslations('frame')
  return (
    <Link href="/" className="flex items-center gap-2 rounded px-2.5 py-1 font-bold text-[0.9375rem]">
      <svg viewBox="0 0 16 16" aria-hidden className="size-4 fill-accent">
        <path d="M8 0 14.5 5.5 12.8 5.5 14 16 11.6 16 11.1 11.5 4.9 11.5 4.4 16 2 16 3.2 5.5 1.5 5.5ZM5.4 5.5 5 9.5 11 9.5 10.6 5.5Z" />
      </svg>
      {t('product')}
    </Link>
  )
}
