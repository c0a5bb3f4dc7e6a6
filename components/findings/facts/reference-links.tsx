import { useTranslations } from 'next-intl'
import { toReportLink, visibleText } from '@/lib/domain/text/visible-text'

/** Links of a report, those that are safe to open. */
export function ReferenceLinks({ urls }: { urls: readonly string[] }) {
  const t = useTranslations('finding')
  const links = urls.flatMap(url => {
    const link = toReportLink(url)
    return link?.href ? [{ url, href: link.href }] : []
  })
  return (
    <ul>
      {links.map(({ url, href }) => (
        <li key={url}>
          <a
            href={href}
            target="_blank"
            rel="noreferrer noopener"
            className="break-all text-accent text-xs underline underline-offset-2"
          >
            {visibleText(url)}
            <span className="sr-only">{t('newTab')}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
