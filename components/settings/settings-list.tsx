import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Panel } from '../ui/layout/panel'

/** The settings pages, each with a description. */
export function SettingsList({ pages }: { pages: readonly string[] }) {
  const t = useTranslations('settings')
  return (
    <Panel>
      <ul className="flex flex-col divide-y divide-border">
        {pages.map(page => (
          <li key={page} className="py-2.5">
            <Link href={`/settings/${page}`} className="font-semibold text-accent hover:underline">
              {t(`${page}.title`)}
            </Link>
            <p className="text-muted">{t(`${page}.lead`)}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
