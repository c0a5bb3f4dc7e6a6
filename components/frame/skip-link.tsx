import { useTranslations } from 'next-intl'

/** The first thing that Tab reaches: past the navigation, to the page. */
export function SkipLink() {
  const t = useTranslations('frame')
  return (
    <a
      href="#content"
      className="fixed top-2 left-2 z-50 -translate-y-20 rounded-xl bg-accent px-3 py-2 text-accent-foreground focus:translate-y-0"
    >
      {t('skip')}
    </a>
  )
}
